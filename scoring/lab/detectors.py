"""Faces in a picture, by either detector, each with the crop that EmotionRecognizer takes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


@dataclass(frozen=True)
class Found:
    box: Box
    crop: np.ndarray  # grey (h, w) or BGR (h, w, 3)


Detector = Callable[[Image.Image], list[Found]]


def open_detector(name: str) -> Detector:
    """An upright RGB picture in, its faces out, the largest first."""
    return DETECTORS[name]()


def _mtcnn() -> Detector:
    from scoring.faces import FaceFinder

    finder = FaceFinder()

    def find(image: Image.Image) -> list[Found]:
        width, height = image.size
        sizes = (width, height, width, height)
        return [
            Found(_pixels([edge * size for edge, size in zip(face.box, sizes, strict=True)], image), bgr(face.crop))
            for face in finder.find_all(image)
        ]

    return find


def _haar() -> Detector:
    from scoring.lab.haar import open_haar

    return open_haar()


def _whole() -> Detector:
    return lambda image: [Found((0, 0, *image.size), bgr(image))]


# The last takes the picture as it is, for data sets of face crops.
DETECTORS: dict[str, Callable[[], Detector]] = {"mtcnn": _mtcnn, "haar": _haar, "none": _whole}


def _pixels(edges: list[float], image: Image.Image) -> Box:
    left, top, right, bottom = (round(edge) for edge in edges)
    return max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height)


def bgr(image: Image.Image) -> np.ndarray:
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
