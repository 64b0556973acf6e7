"""The training data: grey faces with jurors' votes, colour faces with labels, and what each face does.

Pictures become arrays of one size; every split keeps copies of a picture together. The validation part is the one
that the data's own notes name; nothing here hands it out for training.
"""

import csv
import gzip
import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from scoring import EMOTIONS
from scoring.emotions import SHORT
from scoring.lab.jury import vote_shares

VOTES = (*EMOTIONS, "contempt")
COLOR_SIDE = 64


class DataError(Exception):
    """The data is not where it was said to be; the message tells what to do."""


@dataclass(frozen=True)
class Faces:
    """`pixels` (n, h, w, 3 or 1) uint8; `votes` (n, 8) shares; `shapes` by name (n,), NaN where not measured."""

    names: list[str]
    pixels: np.ndarray
    mask: np.ndarray | None
    votes: np.ndarray
    voted: np.ndarray
    label: np.ndarray
    shapes: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, which: np.ndarray) -> "Faces":
        rows = np.flatnonzero(which) if which.dtype == bool else which
        return Faces(
            [self.names[i] for i in rows],
            self.pixels[rows],
            None if self.mask is None else self.mask[rows],
            self.votes[rows],
            self.voted[rows],
            self.label[rows],
            {name: column[rows] for name, column in self.shapes.items()},
        )


def data_folder(given: str | None) -> Path:
    folder = Path(given or os.environ.get("TRAINING_DATA") or "")
    if not (folder / "faces_gray.npz").is_file():
        raise DataError("No training data: name its folder with --data DIR or the variable TRAINING_DATA.")
    return folder


def read_gray(folder: Path) -> tuple[Faces, np.ndarray]:
    """Every grey face, and for each its part: 0 train, 1 validation, -1 a copy of one in validation."""
    with np.load(folder / "faces_gray.npz") as file:
        data = {key: file[key] for key in file.files}
    part = data["part"].astype(int)
    copies = np.isin(data["dup_group"], data["dup_group"][part == 1]) & (part == 0)
    part[copies] = -1
    names = [str(row) for row in data["row"]]
    shares, voted = vote_shares(data["votes"])
    label = _translate(data["fer_label"], [str(name) for name in data["fer_classes"]])
    shapes = _columns(names, read_shapes(folder / "shapes_gray.csv.gz"))
    return Faces(names, data["images"][..., None], None, shares.astype(np.float32), voted, label, shapes), part


def read_color(
    folder: Path,
    side: int = COLOR_SIDE,
    wanted: Callable[[str], bool] = lambda name: True,
) -> Faces:
    """Every colour face; its one label stands as the whole jury. The mask is 255 on the face, 0 in the cut-out."""
    names, pixels, masks, labels = [], [], [], []
    with zipfile.ZipFile(folder / "faces_color.zip") as archive:
        entries = sorted(n for n in archive.namelist() if n.endswith(".jpg") and wanted(n))
        for entry in tqdm(entries, desc="colour faces", unit="", leave=False, delay=1):
            picture = Image.open(io.BytesIO(archive.read(entry))).convert("RGB")
            picture = picture.resize((side, side), Image.Resampling.BOX if side < 112 else Image.Resampling.LANCZOS)
            names.append(entry.rsplit("/", 1)[-1])
            pixels.append(np.asarray(picture))
            masks.append((pixels[-1].max(axis=2) > 10).astype(np.uint8) * 255)
            labels.append(SHORT.index(names[-1].split("_")[1]))
    label = np.array(labels, dtype=np.int8)
    votes = np.eye(8, dtype=np.float32)[label]
    shapes = _columns(names, read_shapes(folder / "shapes_color.csv.gz"))
    return Faces(names, np.stack(pixels), np.stack(masks), votes, np.ones(len(names), bool), label, shapes)


def color_number(name: str) -> int:
    return int(name.rsplit("_", 1)[-1].split(".")[0])


def read_shapes(path: Path) -> dict[str, dict[str, float]]:
    with gzip.open(path, "rt", newline="") as file:
        rows = tqdm(csv.DictReader(file), desc="shapes", unit="", leave=False, delay=1)
        return {row.pop("name"): {k: float(v) for k, v in row.items() if v} for row in rows}


def _columns(names: list[str], measured: dict[str, dict[str, float]]) -> dict[str, np.ndarray]:
    keys = list(next(iter(measured.values())))
    nothing: dict[str, float] = {}
    table = np.array([[measured.get(name, nothing).get(key, np.nan) for key in keys] for name in names], np.float32)
    return {key: table[:, i] for i, key in enumerate(keys)}


def _translate(labels: np.ndarray, classes: list[str]) -> np.ndarray:
    """FER2013's own class order -> ours; -1 stays."""
    table = np.array([*(SHORT.index(name) for name in classes), -1], np.int8)
    return table[labels]
