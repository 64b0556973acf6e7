"""Films for Chromium's fake camera (--use-file-for-fake-video-capture): it plays them round and round."""

from collections.abc import Sequence
from pathlib import Path

import av
from PIL import Image


def film(path: Path, faces: Sequence[Image.Image], seconds: float, fps: int = 10) -> Path:
    """The pictures, all of one size, share the time equally. As y4m (raw) the film keeps its own pace; Chromium plays
    an mjpeg at 30 pictures a second whatever it was made for.
    """
    frames = [faces[number * len(faces) // round(seconds * fps)] for number in range(round(seconds * fps))]
    raw = path.suffix == ".y4m"
    encoded = {id(face): y4m_frame(face) if raw else jpeg_frame(face) for face in faces}
    with path.open("wb") as file:
        if raw:
            width, height = faces[0].size
            file.write(f"YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
        for face in frames:
            file.write(encoded[id(face)])
    return path


def y4m_frame(face: Image.Image) -> bytes:
    frame = av.VideoFrame.from_image(face).reformat(format="yuv420p")  # type: ignore[no-untyped-call]
    return b"FRAME\n" + frame.to_ndarray().tobytes()


def jpeg_frame(face: Image.Image) -> bytes:
    from tests.faces import photo_bytes

    return photo_bytes(face, quality=92)
