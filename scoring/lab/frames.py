"""Pictures in time: from a camera, a video file or a folder of pictures, one after the other."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from scoring.lab.extras import extra
from scoring.lab.layouts import PICTURES
from scoring.photos import PhotoError, open_photo, read_file

USUAL_RATE = 25.0
SHORTEST_SIDE = 720  # a folder's photos are decoded no larger than this needs


class SourceError(Exception):
    """The source cannot be opened or holds no picture."""


@dataclass(frozen=True)
class Frame:
    time: float  # seconds from the start
    image: Image.Image  # RGB, upright


@dataclass
class Source:
    name: str
    rate: float  # pictures a second
    live: bool = False
    skipped: list[str] = field(default_factory=list)  # pictures that could not be read, and why

    def frames(self, every: float = 0.0) -> Iterator[Frame]:
        """With `every`, at least so many seconds apart."""
        raise NotImplementedError


def open_source(name: str, rate: float | None = None) -> Source:
    """A camera's number, a folder of pictures (shown `rate` a second), or a video file."""
    if Path(name).is_dir():
        files = [file for file in sorted(Path(name).iterdir()) if file.suffix.lower() in PICTURES]
        if not files:
            raise SourceError(f"{name} holds no pictures ({', '.join(PICTURES)}).")
        return Folder(name, rate or 1.0, files=files)
    if not name.isdecimal() and not Path(name).is_file():
        raise SourceError(f"{name} is neither a camera's number, nor a video file, nor a folder of pictures.")
    with _captured(name) as capture:
        found = capture.get(extra("cv2").CAP_PROP_FPS)
    usable = math.isfinite(found) and 1 <= found <= 240
    return Film(name, rate or (found if usable else USUAL_RATE), live=name.isdecimal())


@contextmanager
def _captured(name: str) -> Iterator[Any]:
    cv2 = extra("cv2")
    capture = cv2.VideoCapture(int(name) if name.isdecimal() else name)
    try:
        if not capture.isOpened():
            raise SourceError(f"OpenCV cannot open {'camera ' if name.isdecimal() else ''}{name}.")
        yield capture
    finally:
        capture.release()


@dataclass
class Film(Source):
    def frames(self, every: float = 0.0) -> Iterator[Frame]:
        due, number = 0.0, 0
        with _captured(self.name) as capture:
            while capture.grab():
                time = self._time(capture, number)
                number += 1
                if time + 1e-6 < due:
                    continue  # grabbed only: decoding it into a picture would cost most of the time
                due = time + every
                good, pixels = capture.retrieve()
                if good:
                    yield Frame(time, rgb(pixels))
        if not number:
            raise SourceError(f"{self.name} holds no picture that OpenCV can read.")

    def _time(self, capture: Any, number: int) -> float:
        """Of a file by its own clock, as phones film at a rate that varies; by counting where it has none."""
        told = capture.get(extra("cv2").CAP_PROP_POS_MSEC) / 1000
        return told if not self.live and (told > 0 or number == 0) and math.isfinite(told) else number / self.rate


@dataclass
class Folder(Source):
    files: list[Path] = field(default_factory=list)

    def frames(self, every: float = 0.0) -> Iterator[Frame]:
        for number, file in enumerate(self.files):
            try:
                yield Frame(number / self.rate, open_photo(read_file(file), SHORTEST_SIDE))
            except (PhotoError, OSError) as error:
                self.skipped.append(f"{file}: {error}")


def rgb(pixels: np.ndarray) -> Image.Image:
    if pixels.ndim == 2:
        return Image.fromarray(pixels).convert("RGB")
    return Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))
