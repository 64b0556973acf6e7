"""A net's figures on the validation part, read from the file that ships."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from scoring import EMOTIONS
from scoring.affect import PLACES
from scoring.emotions import SHORT
from scoring.lab import plots
from scoring.lab.data import Faces
from scoring.readers import SIX, Answer, Reader, open_reader

Figures = dict[str, Any]
READ_AT_ONCE = 128


def measure(name: str, weights: Path, faces: Faces, folder: Path, checkpoint: Path | None = None) -> Figures:
    """Figures of accuracy, size and time, and plots in the folder. `checkpoint` is the small CLIP, if another."""
    if name == "boosting" and checkpoint:
        from scoring.lab.boosting import BoostingReader

        reader: Reader = BoostingReader(weights, checkpoint)
    else:
        reader = open_reader(name, weights)
    pixels = faces.pixels[:, :, :, 0]
    answer = read_all(reader, pixels)
    known = np.isin(faces.label, SIX) if name == "cnn6" else faces.label >= 0
    figures: Figures = {"pictures": int(known.sum())}
    if name != "affect":
        figures |= _against(
            answer.label[known], faces.label[known], folder / "confusion.png", f"{name}, FER2013's label"
        )
    if faces.voted.any():
        figures |= _by_jury(name, answer, faces, folder)
    elif name == "affect":
        figures |= _against(answer.label[known], faces.label[known], folder / "confusion.png", name)
    _draw_plane(answer, faces, folder / "plane.png", name)
    spent = milliseconds(lambda picture: reader.read(picture[None]), pixels[:40])
    return {**figures, "bytes": weights.stat().st_size, "milliseconds": round(spent, 1)}


def read_all(reader: Reader, pixels: np.ndarray) -> Answer:
    starts = tqdm(range(0, len(pixels), READ_AT_ONCE), desc="validation", leave=False)
    parts = [reader.read(pixels[i : i + READ_AT_ONCE]) for i in starts]
    jury = None if parts[0].jury is None else np.concatenate([part.jury for part in parts if part.jury is not None])
    return Answer(np.concatenate([part.label for part in parts]), jury, np.concatenate([part.affect for part in parts]))


def _against(shares: np.ndarray, right: np.ndarray, path: Path, title: str) -> Figures:
    answered = shares.argmax(1)
    table = np.zeros((7, 7), int)
    np.add.at(table, (right, answered), 1)
    plots.confusion(table, SHORT, path, title)
    found = table.diagonal() / np.maximum(table.sum(1), 1)
    return {
        "accuracy": round(float((answered == right).mean()), 4),
        "recall": {name: round(float(share), 3) for name, share in zip(SHORT, found, strict=True)},
        "mean_recall": round(float(found[table.sum(1) > 0].mean()), 4),
    }


def _by_jury(name: str, answer: Answer, faces: Faces, folder: Path) -> Figures:
    """Against what most jurors chose of the seven; whichever net answers, so that they can be compared."""
    shares = answer.label if answer.jury is None else answer.jury
    majority = faces.votes[:, :7].argmax(1)[faces.voted]
    path = folder / ("confusion_jury.png" if name != "affect" else "confusion.png")
    jury = _against(shares[faces.voted], majority, path, f"{name}, the jurors' majority")
    figures: Figures = {
        "jury_accuracy": jury["accuracy"],
        "jury_recall": jury["recall"],
        "jury_pictures": int(faces.voted.sum()),
    }
    votes = faces.votes[faces.voted, :7]
    places = votes / np.maximum(votes.sum(1, keepdims=True), 1e-6) @ np.array([PLACES[emotion] for emotion in EMOTIONS])
    for axis, column in (("valence", 0), ("arousal", 1)):
        wanted, got = places[:, column], answer.affect[faces.voted, column]
        figures[f"{axis}_error"] = round(float(np.sqrt(((wanted - got) ** 2).mean())), 4)
        figures[f"{axis}_concordance"] = round(_concordance(wanted, got), 4)
    return figures


def _concordance(wanted: np.ndarray, got: np.ndarray) -> float:
    spread = ((wanted - wanted.mean()) * (got - got.mean())).mean()
    return float(2 * spread / (wanted.var() + got.var() + (wanted.mean() - got.mean()) ** 2 + 1e-9))


def _draw_plane(answer: Answer, faces: Faces, path: Path, name: str) -> None:
    right = np.where(faces.voted, faces.votes[:, :7].argmax(1), faces.label)
    groups = {short: answer.affect[right == i] for i, short in enumerate(SHORT)}
    plots.plane(groups, dict(zip(SHORT, PLACES.values(), strict=True)), path, f"{name}: valence and arousal it reads")


def milliseconds(look: Callable[[np.ndarray], object], pictures: Iterable[np.ndarray]) -> float:
    """What a face takes on one core: the mean over pictures, each the quickest of three looks by this thread's own
    clock, since other programs on the machine slow it even so.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    spent = [min(_seconds(look, picture) for _ in range(3)) for picture in pictures]
    torch.set_num_threads(threads)
    return 1000 * float(np.mean(spent))


def _seconds(look: Callable[[np.ndarray], object], picture: np.ndarray) -> float:
    begin = time.thread_time()
    look(picture)
    return time.thread_time() - begin
