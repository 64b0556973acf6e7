"""Every picture that the lab draws. Matplotlib is loaded with the first one, and opens no window."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scoring.lab.extras import extra

COLORS = {
    "neutral": "#8a8f98", "happy": "#e0a100", "surprise": "#7b4fd0", "sad": "#2f6fb3",
    "angry": "#c8322b", "disgust": "#3f8f3a", "fear": "#20242c",
}  # fmt: skip


def _figure(width: float, height: float, rows: int = 1, columns: int = 1) -> tuple[Any, Any]:
    # Figure itself, not pyplot: it needs no screen and keeps no global state.
    figure = extra("matplotlib.figure").Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def _save(figure: Any, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    return path


def curves(history: Sequence[dict[str, float]], path: Path) -> Path:
    """The loss to the left, every other figure to the right, by epoch."""
    figure, axes = _figure(9, 3.6, 1, 2)
    epochs = [look["epoch"] for look in history]
    for name in [name for name in history[0] if name not in ("step", "epoch")]:
        axis = axes[0, 0] if name == "loss" else axes[0, 1]
        axis.plot(epochs, [look[name] for look in history], marker="o", markersize=3, label=name)
    for axis in axes[0]:
        axis.set_xlabel("epoch")
        axis.grid(alpha=0.3)
        axis.legend()
    return _save(figure, path)


def confusion(table: np.ndarray, names: Sequence[str], path: Path, title: str = "") -> Path:
    """Rows are what is right, columns what was answered; shares of each row are coloured."""
    figure, axes = _figure(0.8 * len(names) + 1.5, 0.75 * len(names) + 1)
    axis, shares = axes[0, 0], table / np.maximum(table.sum(1, keepdims=True), 1)
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*table.shape):
        dark = shares[row, column] > 0.5
        axis.text(
            column,
            row,
            f"{shares[row, column]:.2f}",
            ha="center",
            va="center",
            color="white" if dark else "black",
            fontsize=8,
        )
    axis.set_xticks(range(len(names)), names, rotation=35)
    axis.set_yticks(range(len(names)), names)
    axis.set_xlabel("answered")
    axis.set_ylabel("right")
    axis.set_title(title)
    return _save(figure, path)


def counts(by_part: Mapping[str, Sequence[int]], names: Sequence[str], path: Path) -> Path:
    figure, axes = _figure(8, 3.6)
    width = 0.8 / len(by_part)
    for place, (part, numbers) in enumerate(by_part.items()):
        spots = np.arange(len(names)) + place * width
        axes[0, 0].bar(spots, numbers, width, label=part)
        for spot, number in zip(spots, numbers, strict=True):
            axes[0, 0].text(spot, number, str(number), ha="center", va="bottom", fontsize=7)
    axes[0, 0].set_xticks(np.arange(len(names)) + 0.4 - width / 2, names)
    axes[0, 0].set_ylabel("pictures")
    axes[0, 0].legend()
    return _save(figure, path)


def gallery(pictures: Sequence[np.ndarray], titles: Sequence[str], path: Path, columns: int = 7) -> Path:
    rows = max(1, -(-len(pictures) // columns))
    figure, axes = _figure(1.3 * columns, 1.45 * rows, rows, columns)
    for axis in axes.flat:
        axis.axis("off")
    for axis, picture, title in zip(axes.flat, pictures, titles, strict=False):
        axis.imshow(np.squeeze(picture), cmap="gray", vmin=0, vmax=255)
        axis.set_title(title, fontsize=8)
    return _save(figure, path)


def plane(groups: dict[str, np.ndarray], places: dict[str, tuple[float, float]], path: Path, title: str = "") -> Path:
    """Points (valence, arousal) of each emotion, and a cross where the emotion itself lies."""
    figure, axes = _figure(6.5, 6)
    for name, points in groups.items():
        axes[0, 0].scatter(points[:, 0], points[:, 1], s=6, alpha=0.35, color=COLORS[name], label=name)
    for name, (valence, arousal) in places.items():
        axes[0, 0].plot(valence, arousal, "X", color=COLORS[name], markersize=11, markeredgecolor="white")
    axes[0, 0].set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05), xlabel="valence", ylabel="arousal", title=title)
    axes[0, 0].grid(alpha=0.3)
    axes[0, 0].legend(markerscale=2, fontsize=8)
    return _save(figure, path)


def timeline(
    times: np.ndarray,
    shares: dict[str, np.ndarray],
    strength: np.ndarray,
    moments: Sequence[tuple[float, float]],
    path: Path,
) -> Path:
    figure, axes = _figure(11, 5.2, 2, 1)
    for name, column in shares.items():
        axes[0, 0].plot(times, column, color=COLORS[name], label=name, linewidth=1)
    axes[0, 0].set(ylabel="share", ylim=(0, 1))
    axes[0, 0].legend(ncols=7, fontsize=8, loc="upper center")
    axes[1, 0].plot(times, strength, color="black", linewidth=1)
    axes[1, 0].set(ylabel="strength", xlabel="seconds")
    for begin, end in moments:
        axes[1, 0].axvspan(begin, end, alpha=0.25, color="#e0a100")
    return _save(figure, path)
