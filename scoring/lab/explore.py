"""What the faces look like: how many of each class, the mean face, and samples. The pictures stay out of git."""

from pathlib import Path

import numpy as np
from tqdm import tqdm

from scoring.emotions import SHORT, emotion_of
from scoring.lab import layouts, plots
from scoring.lab.data import DataError, Faces

PART_NAMES = {layouts.TRAIN: "train", layouts.VALIDATION: "validation", layouts.TEST: "test"}


def explore(data: Path, output: Path, chosen: str | None = None, count: int = 49, seed: int = 0) -> list[Path]:
    """The files written. Samples are of one class, or of each."""
    pictures = layouts.read(data)
    parts = {name: pictures.of(part) for part, name in PART_NAMES.items() if (pictures.part == part).any()}
    numbers = {name: [int((faces.label == i).sum()) for i in range(len(SHORT))] for name, faces in parts.items()}
    train = parts.get("train") or next(iter(parts.values()))
    files = [plots.counts(numbers, SHORT, output / "classes.png"), mean_faces(train, output / "mean_faces.png")]
    wanted = tqdm(_wanted(train, chosen), desc="samples", unit="", leave=False)
    return files + [samples(train, i, count, seed, output / f"samples_{SHORT[i]}.png") for i in wanted]


def _wanted(faces: Faces, chosen: str | None) -> list[int]:
    if chosen is None:
        return [i for i in range(len(SHORT)) if (faces.label == i).any()]
    emotion = emotion_of(chosen)
    if emotion is None or not (faces.label == emotion).any():
        raise DataError(f"There is no picture of {chosen!r}. The classes are: {', '.join(SHORT)}.")
    return [emotion]


def mean_faces(faces: Faces, path: Path) -> Path:
    there = [i for i in range(len(SHORT)) if (faces.label == i).any()]
    means = [faces.pixels[faces.label == i].mean(0).round() for i in there]
    return plots.gallery(means, [SHORT[i] for i in there], path)


def samples(faces: Faces, emotion: int, count: int, seed: int, path: Path) -> Path:
    rows = np.flatnonzero(faces.label == emotion)
    rows = np.random.default_rng(seed).choice(rows, min(count, len(rows)), replace=False)
    return plots.gallery([faces.pixels[i] for i in rows], [faces.names[i][-12:] for i in rows], path)
