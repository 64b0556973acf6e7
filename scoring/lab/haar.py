"""Viola and Jones' cascade, as the first recognisers used it: grey picture, cascade, crop, 48x48."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from scoring.lab.detectors import Detector, Found
from scoring.lab.extras import MissingPackage, extra

FILE = "haarcascade_frontalface_default.xml"
LONGEST = 640  # larger pictures are searched smaller
SMALLEST = 1 / 12  # a face's side, as a part of the picture's shorter one
SIDE = 48


def open_haar() -> Detector:
    cv2 = extra("cv2")
    cascade = _cascade(cv2)

    def find(image: Image.Image) -> list[Found]:
        gray = np.asarray(image.convert("L"))
        scale = min(1.0, LONGEST / max(gray.shape))
        small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else gray
        least = max(24, round(min(small.shape) * SMALLEST))
        boxes = cascade.detectMultiScale(small, scaleFactor=1.1, minNeighbors=5, minSize=(least, least))
        found = [_found(cv2, gray, np.asarray(box) / scale) for box in boxes]
        return _without_parts(sorted(found, key=lambda face: face.box[0] - face.box[2]))

    return find


def _without_parts(found: list[Found]) -> list[Found]:
    """The cascade takes a mouth with its chin for a small face: no face has its middle within a larger one."""
    kept: list[Found] = []
    for face in found:
        left, top, right, bottom = face.box
        x, y = (left + right) / 2, (top + bottom) / 2
        if not any(box[0] < x < box[2] and box[1] < y < box[3] for box in (each.box for each in kept)):
            kept.append(face)
    return kept


def _cascade(cv2: Any) -> Any:
    try:
        cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / FILE))
        loaded = not cascade.empty()
    except AttributeError:
        loaded = False
    if not loaded:
        raise MissingPackage(
            f"OpenCV {cv2.__version__} has no Haar cascades. Install the one that is pinned: "
            ".venv/bin/pip install -r requirements-train.txt"
        )
    return cascade


def _found(cv2: Any, gray: np.ndarray, box: np.ndarray) -> Found:
    left, top, width, height = (int(edge) for edge in box)
    right, bottom = min(left + width, gray.shape[1]), min(top + height, gray.shape[0])
    crop = cv2.resize(gray[top:bottom, left:right], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return Found((left, top, right, bottom), crop)
