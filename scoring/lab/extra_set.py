"""An image-text set that was given for training: JPEGs, captions.jsonl, and set.json with its number."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from scoring.faces import FaceFinder, crop_face
from scoring.lab.data import DataError, Faces
from scoring.photos import PhotoError, open_photo

SIDE = 64  # pixels of a face's crop
SHORTEST = 480  # pixels that a photo is decoded to
FEWEST = 2  # different captions: with one there is nothing to tell apart


@dataclass(frozen=True)
class ExtraSet:
    number: str
    pixels: np.ndarray  # (n, SIDE, SIDE, 3)
    texts: list[str]

    def faces(self) -> Faces:
        """Nobody has voted on them."""
        n = len(self.texts)
        nobody = np.zeros(n, bool)
        return Faces(self.texts, self.pixels, None, np.zeros((n, 8), np.float32), nobody, np.full(n, -1, np.int8), {})


def read(folder: Path) -> ExtraSet:
    number, lines = _listed(folder)
    finder: FaceFinder | None = None
    pixels, texts = [], []
    for line in tqdm(lines, desc="given photos", unit="", leave=False, delay=1):
        try:
            image = open_photo((folder / line["file_name"]).read_bytes(), shortest=SHORTEST)
        except (OSError, PhotoError):
            continue  # taken back since
        if line.get("box") is None:
            finder = finder or FaceFinder("cpu")
        if crop := _crop(image, line, finder):
            pixels.append(np.asarray(crop))
            texts.append(line["text"])
    if len(set(texts)) < FEWEST:
        raise DataError(f"{folder} holds too few faces: at least {FEWEST} different captions are needed.")
    return ExtraSet(number, np.stack(pixels), texts)


def _listed(folder: Path) -> tuple[str, list[dict[str, Any]]]:
    try:
        number = json.loads((folder / "set.json").read_text(encoding="utf-8"))["set"]
        lines = (folder / "captions.jsonl").read_text(encoding="utf-8").splitlines()
        return str(number), [json.loads(line) for line in lines]
    except (OSError, ValueError, LookupError) as error:
        raise DataError(
            f"{folder} is no set as `manage.py export_training` writes it: {type(error).__name__}."
        ) from error


def _crop(image: Image.Image, line: dict[str, Any], finder: FaceFinder | None) -> Image.Image | None:
    """Where the judge of that day saw the face; looked for anew where that is not said."""
    if line.get("box") is not None:
        return crop_face(image, tuple(line["box"]), line.get("tilt") or 0.0, SIDE)
    face = finder.find(image) if finder else None
    return crop_face(image, face.box, face.tilt, SIDE) if face else None
