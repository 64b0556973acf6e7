"""The figures as people read them: a table, two pictures, and a file for programs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scoring import EMOTIONS
from scoring.lab import plots
from scoring.lab.evaluation_parts import Figure
from scoring.lab.extras import extra

# Known of others, at a gap of 0.3.
ONE_JUROR, TEN_JURORS = 0.806, 0.996
MOST_PARTS = 12


def lines(figures: Iterable[Figure]) -> Iterator[str]:
    for figure in figures:
        yield f"{figure.value:7.4f}  {_verdict(figure):17}{figure.name}"
        if len(figure.parts) <= MOST_PARTS:
            yield from _wrapped([f"{name} {value:.3f}" for name, value in figure.parts.items()])
        else:
            worst = sorted(figure.parts.items(), key=lambda part: part[1])
            ends = worst if figure.reached else [*worst[:4], *worst[-2:]]
            yield from _wrapped([f"{name} {value:.3f}" for name, value in (worst[:4] if figure.reached else ends)])


def _verdict(figure: Figure) -> str:
    if figure.reach is None:
        return ""
    sign = "<=" if figure.at_most else ">="
    verdict = {True: "reached", False: "MISSED ", None: "unknown"}[figure.reached]  # unknown: too few such pictures
    return f"{verdict} {sign} {figure.reach:g}"


def _wrapped(words: Sequence[str], width: int = 100) -> Iterator[str]:
    line = ""
    for word in words:
        if line and len(line) + len(word) > width:
            yield " " * 26 + line
            line = ""
        line = f"{line}, {word}" if line else word
    if line:
        yield " " * 26 + line


def write(
    folder: Path,
    judge: Mapping[str, str],
    figures: Sequence[Figure],
    table: np.ndarray,
    gaps: np.ndarray,
    curve: Mapping[str, Sequence[float]],
) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    plots.confusion(table, EMOTIONS, folder / "confusion.png", "most jurors saw / nearest plain prompt")
    draw_agreement(gaps, curve, folder / "agreement.png")
    found = [{**vars(figure), "reached": figure.reached} for figure in figures]
    content = {**judge, "figures": found, "confusion": table.tolist(), "gaps": gaps.tolist(), "agreement": curve}
    (folder / "figures.json").write_text(json.dumps(_known(content), indent=1) + "\n", encoding="utf-8")
    return [folder / name for name in ("confusion.png", "agreement.png", "figures.json")]


def _known(value: Any) -> Any:
    """JSON has no NaN: what could not be measured is null."""
    if isinstance(value, dict):
        return {key: _known(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_known(each) for each in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def draw_agreement(gaps: np.ndarray, curve: Mapping[str, Sequence[float]], path: Path) -> None:
    figure = extra("matplotlib.figure").Figure(figsize=(7, 4.5), layout="constrained")
    axis = figure.subplots()
    for name, values in curve.items():
        axis.plot(gaps, values, linewidth=1, label=name)
    axis.plot(gaps, np.mean(list(curve.values()), axis=0), "k", linewidth=2.5, label="mean")
    for name, value in (("one juror", ONE_JUROR), ("ten jurors", TEN_JURORS)):
        axis.plot(0.3, value, "kx")
        axis.annotate(name, (0.3, value), xytext=(6, -10), textcoords="offset points")
    axis.set_xlabel("the two photos' shares of votes differ by at least")
    axis.set_ylabel("jury agreement, plain prompts")
    axis.grid(alpha=0.3)
    axis.legend(loc="lower right", ncols=2)
    figure.savefig(path, dpi=110)
