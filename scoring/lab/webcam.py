"""Emotions on faces as they come from a camera, a video or a folder, drawn into a window, a video file or both."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from scoring.lab.detectors import bgr
from scoring.lab.drawing import annotated
from scoring.lab.extras import MissingPackage, extra
from scoring.lab.frames import Source, SourceError
from scoring.lab.reading import FaceReader

TITLE = "EmotionDuel"
QUIT = (27, ord("q"))  # 27: Escape
CODECS = {".avi": "MJPG", ".mp4": "mp4v", ".mov": "mp4v", ".mkv": "mp4v"}
LOOK_BACK = 30  # frames over which the rate is measured


@dataclass
class Summary:
    frames: int = 0
    faces: int = 0
    rate: float = 0.0  # frames a second that the machine managed


Show = Callable[[Image.Image], bool]  # False: stop


def watch(
    source: Source, reader: FaceReader, output: Path | None = None, show: bool = False, most: int | None = None
) -> Summary:
    summary, marks = Summary(), deque([time.perf_counter()], maxlen=LOOK_BACK)
    with ExitStack() as stack:
        sinks: list[Show] = []
        if output:
            sinks.append(stack.enter_context(_film(output, source.rate)))
        if show:
            sinks.append(stack.enter_context(_window()))
        for frame in source.frames():
            faces = reader.read(frame.image)
            marks.append(time.perf_counter())
            summary.rate = (len(marks) - 1) / max(marks[-1] - marks[0], 1e-6)
            summary.frames += 1
            summary.faces += len(faces)
            picture = annotated(frame.image, faces, f"{summary.rate:.1f} frames/s")
            wanted = [sink(picture) for sink in sinks]  # each is to have it, so no short cut
            if not all(wanted) or summary.frames == most:
                break
    return summary


@contextmanager
def _film(path: Path, rate: float) -> Iterator[Show]:
    """Opened with the first picture, whose size all others take: a video has one."""
    cv2 = extra("cv2")
    if path.suffix.lower() not in CODECS:
        raise SourceError(f"{path}: a video's name ends in one of {', '.join(CODECS)}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    writer: Any = None
    size = (0, 0)

    def add(picture: Image.Image) -> bool:
        nonlocal writer, size
        if writer is None:
            size = picture.width // 2 * 2, picture.height // 2 * 2  # codecs want even sides
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*CODECS[path.suffix.lower()]), rate, size)
            if not writer.isOpened():
                raise SourceError(f"OpenCV cannot write {path}.")
        writer.write(bgr(picture if picture.size == size else ImageOps.pad(picture, size)))
        return True

    try:
        yield add
    finally:
        if writer is not None:
            writer.release()


@contextmanager
def _window() -> Iterator[Show]:
    cv2 = extra("cv2")

    def show(picture: Image.Image) -> bool:
        try:
            cv2.imshow(TITLE, bgr(picture))
            return cv2.waitKey(1) & 0xFF not in QUIT
        except cv2.error as error:
            raise MissingPackage(
                "This OpenCV opens no window. Use --no-show with --output, or exchange opencv-python-headless for "
                "opencv-python of the same version (docs/architecture.md)."
            ) from error

    try:
        yield show
    finally:
        with _quiet(cv2):
            cv2.destroyAllWindows()


@contextmanager
def _quiet(cv2: Any) -> Iterator[None]:
    try:
        yield
    except cv2.error:  # there was no window
        return
