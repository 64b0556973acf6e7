"""Faces from wherever they lie: this project's own files, FER2013's table, or a folder for each class."""

import csv
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from PIL import Image
from tqdm import tqdm

from scoring.emotions import emotion_of
from scoring.lab.data import DataError, Faces, read_gray

Thing = TypeVar("Thing")
SIDE = 48
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
TRAIN, VALIDATION, TEST, COPY = 0, 1, 2, -1
PARTS = {
    "training": TRAIN, "train": TRAIN,
    "publictest": VALIDATION, "validation": VALIDATION, "valid": VALIDATION, "val": VALIDATION,
    "privatetest": TEST, "test": TEST,
}  # fmt: skip


class Pictures(NamedTuple):
    """`part`: 0 train, 1 validation, 2 test, -1 left out, as copies in train of the others are. Copies share their
    `group`.
    """

    faces: Faces
    part: np.ndarray
    group: np.ndarray

    def of(self, part: int) -> Faces:
        return self.faces.take(self.part == part)

    def first(self, count: int | None) -> "Pictures":
        """With no more training pictures than that."""
        part = self.part.copy()
        if count:
            part[np.flatnonzero(part == TRAIN)[count:]] = COPY
        return self._replace(part=part)

    def split(self, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the training part, in two; copies of a picture stay together."""
        rows = np.flatnonzero(self.part == TRAIN)
        groups = np.unique(self.group[rows])
        aside = np.random.default_rng(seed).choice(groups, max(1, round(len(groups) * share)), replace=False)
        is_aside = np.isin(self.group[rows], aside)
        return rows[~is_aside], rows[is_aside]


def data_path(given: str | None) -> Path:
    name = given or os.environ.get("TRAINING_DATA")
    if not name or not Path(name).exists():
        raise DataError("No training data: name its file or folder with --data PATH or the variable TRAINING_DATA.")
    return Path(name)


def read(path: Path) -> Pictures:
    if path.is_file() and path.suffix == ".csv":
        return _read_table(path)
    if (path / "faces_gray.npz").is_file():
        faces, part = read_gray(path)
        with np.load(path / "faces_gray.npz") as file:
            return Pictures(faces, part, file["dup_group"])
    for name in ("fer2013.csv", "icml_face_data.csv"):
        if (path / name).is_file():
            return _read_table(path / name)
    return _read_folders(path)


def _read_table(path: Path) -> Pictures:
    """Columns emotion (FER2013's number), pixels (48x48 numbers), Usage; without the last, all is for training."""
    csv.field_size_limit(1_000_000)
    rows: list[tuple[str, np.ndarray, int, int]] = []
    with path.open(newline="") as file:
        for number, raw in enumerate(_bar(csv.DictReader(file), "faces")):
            row = {(key or "").strip().lower(): value or "" for key, value in raw.items() if isinstance(key, str)}
            rows.append((str(number), _pixels(path, number, row), *_known(path, number, row)))
    return _gathered(path, rows)


def _pixels(path: Path, number: int, row: dict[str, str]) -> np.ndarray:
    values = row.get("pixels", "").split()
    if len(values) != SIDE * SIDE or not all(value.isdecimal() and int(value) < 256 for value in values):
        raise DataError(f"{path}, row {number + 1}: `pixels` does not hold {SIDE}x{SIDE} numbers of 0 to 255.")
    return np.array(values, np.uint8).reshape(SIDE, SIDE)


def _known(path: Path, number: int, row: dict[str, str]) -> tuple[int, int]:
    emotion, usage = emotion_of(row.get("emotion", "")), PARTS.get(row.get("usage", "training").strip().lower())
    if emotion is None or usage is None:
        raise DataError(
            f"{path}, row {number + 1}: no emotion {row.get('emotion')!r} or no part {row.get('usage')!r} is known."
        )
    return emotion, usage


def _read_folders(path: Path) -> Pictures:
    """`train/angry/*.jpg` and `test/angry/*.jpg`. Where test alone lies beside train, it is what is measured on."""
    parts = {folder: PARTS[folder.name.lower()] for folder in _folders(path) if folder.name.lower() in PARTS}
    if VALIDATION not in parts.values():
        parts = {folder: VALIDATION if part == TEST else part for folder, part in parts.items()}
    kinds = [(kind, emotion_of(kind.name), part) for folder, part in parts.items() for kind in _folders(folder)]
    files = [(file, emotion, part) for kind, emotion, part in kinds if emotion is not None for file in _pictures(kind)]
    rows = [
        (str(file.relative_to(path)), _picture(file), emotion, part) for file, emotion, part in _bar(files, "faces")
    ]
    return _gathered(path, rows)


def _bar(things: Iterable[Thing], what: str) -> Iterable[Thing]:
    return tqdm(things, desc=what, unit="", leave=False, delay=1, mininterval=1)


def _folders(path: Path) -> list[Path]:
    return sorted(each for each in path.iterdir() if each.is_dir()) if path.is_dir() else []


def _pictures(folder: Path) -> Iterator[Path]:
    yield from (file for file in sorted(folder.rglob("*")) if file.suffix.lower() in PICTURES)


def _picture(path: Path) -> np.ndarray:
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=3))
    except OSError as error:
        raise DataError(f"{path} is not a picture that can be read: {error}") from error


def _gathered(path: Path, rows: list[tuple[str, np.ndarray, int, int]]) -> Pictures:
    if not rows:
        raise DataError(
            f"{path} holds no faces: neither faces_gray.npz, nor fer2013.csv, nor folders like train/angry/."
        )
    names, pixels, labels, parts = zip(*rows, strict=True)
    label, part = np.array(labels, np.int8), np.array(parts)
    hashes = [hashlib.sha1(picture.tobytes(), usedforsecurity=False).hexdigest() for picture in pixels]
    group = np.unique(hashes, return_inverse=True)[1]
    part[(part == TRAIN) & np.isin(group, group[part > TRAIN])] = COPY
    # One label is no jury: its votes stand in where votes are needed, and `voted` says that they are none.
    votes, nobody = np.eye(8, dtype=np.float32)[label], np.zeros(len(names), bool)
    return Pictures(Faces(list(names), np.stack(pixels)[..., None], None, votes, nobody, label, {}), part, group)
