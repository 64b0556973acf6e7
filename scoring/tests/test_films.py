"""Video notes: what comes out of a stranger's film."""

from contextlib import suppress
from io import BytesIO

import av
import numpy as np
import pytest
from PIL import Image

from scoring import PhotoError
from scoring.films import frames
from scoring.photos import MAX_BYTES


def film(seconds: float, rate: int = 10, size: tuple[int, int] = (96, 64), format: str = "mp4") -> bytes:
    """It darkens from white to black."""
    file = BytesIO()
    with av.open(file, "w", format=format) as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        count = round(seconds * rate)
        for number in range(count):
            image = Image.new("RGB", size, (255 - 255 * number // count,) * 3)
            container.mux(stream.encode(av.VideoFrame.from_image(image)))  # type: ignore[no-untyped-call]
        container.mux(stream.encode(None))
    return file.getvalue()


def sound() -> bytes:
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = 44100, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoError) as error:
        list(frames(data))
    return error.value.reason


def test_at_most_two_frames_a_second_are_looked_at() -> None:
    found = list(frames(film(3)))
    assert [frame.at_ms for frame in found] == [0, 500, 1000, 1500, 2000, 2500]
    assert {frame.image.size for frame in found} == {(96, 64)}
    assert found[0].image.mode == "RGB"
    brightness = [frame.image.getpixel((5, 5))[0] for frame in found]  # type: ignore[index]
    assert brightness == sorted(brightness, reverse=True)


def test_a_film_longer_than_a_note_is_looked_at_for_a_minute() -> None:
    assert len(list(frames(film(70, rate=4)))) <= 121


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\0" * (MAX_BYTES + 1), "too_large"),
        (b"no film at all", "damaged"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "damaged"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "damaged"),
        (film(1)[:400], "damaged"),
        (film(1, format="matroska"), "damaged"),
        (film(0.2, size=(2560, 1600)), "too_many_pixels"),
        (sound(), "not_a_photo"),
    ],
    ids=["empty", "large", "text", "playlist", "concat", "cut off", "another format", "huge frames", "sound alone"],
)
def test_what_is_no_note_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    assert refusal(data) == reason


def test_a_film_whose_end_is_missing_gives_what_is_there_or_a_reason() -> None:
    whole = film(4)
    for length in range(0, len(whole), max(1, len(whole) // 60)):
        with suppress(PhotoError):
            assert len(list(frames(whole[:length]))) <= 8
