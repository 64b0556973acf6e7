"""The validation part as vectors: every picture goes through the judge once, grey ones also altered."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from scoring.lab.data import Faces, color_number, read_color
from scoring.lab.evaluation_parts import Labelled, Voted
from scoring.lab.jury import vote_shares

if TYPE_CHECKING:
    from scoring.judge import Scorer

BATCH = 64
FULL_SIDE = 112
DARKEST = 10
Progress = Callable[[int], object]


def _compressed(image: Image.Image) -> Image.Image:
    file = BytesIO()
    image.save(file, "JPEG", quality=60)
    return Image.open(file).convert(image.mode)


ALTERATIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "mirrored": ImageOps.mirror,
    "re-compressed (JPEG 60)": _compressed,
    "brightened by 20%": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "darkened by 20%": lambda image: ImageEnhance.Brightness(image).enhance(0.8),
}


def read_voted(folder: Path) -> tuple[list[Image.Image], np.ndarray]:
    """The grey validation faces that enough jurors took for a face with an emotion, and their shares of votes."""
    with np.load(folder / "faces_gray.npz") as file:
        shares, voted = vote_shares(file["votes"])
        inside = voted & (file["part"] == 1)
        return [Image.fromarray(pixels) for pixels in file["images"][inside]], shares[inside]


def embed_voted(scorer: "Scorer", images: list[Image.Image], shares: np.ndarray, progress: Progress) -> Voted:
    vectors = embed(scorer, images, progress)
    altered = {how: embed(scorer, [alter(i) for i in images], progress) for how, alter in ALTERATIONS.items()}
    return Voted(vectors, shares, altered)


def read_labelled(folder: Path) -> Faces:
    """The colour validation faces, as they lie in the data: cut out, on black."""
    return read_color(folder, FULL_SIDE, wanted=lambda name: color_number(name) % 5 == 0)


def embed_labelled(scorer: "Scorer", faces: Faces, progress: Progress) -> Labelled:
    vectors = embed(scorer, [Image.fromarray(pixels) for pixels in faces.pixels], progress)
    return Labelled(vectors, faces.label, faces.shapes, brightness_of(faces.pixels))


def brightness_of(pixels: np.ndarray) -> np.ndarray:
    """(n,): of the face alone; the black around it is where it was cut out."""
    face = pixels.max(axis=3) > DARKEST
    return (pixels.mean(axis=3) * face).sum(axis=(1, 2)) / np.maximum(face.sum(axis=(1, 2)), 1)


def embed(scorer: "Scorer", images: list[Image.Image], progress: Progress) -> np.ndarray:
    rows = []
    for begin in range(0, len(images), BATCH):
        batch = images[begin : begin + BATCH]
        rows.append(scorer.embed_faces(batch))
        progress(len(batch))
    return np.concatenate(rows)
