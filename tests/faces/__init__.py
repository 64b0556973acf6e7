"""Faces that our own code draws, for tests, demonstrations and documents. They are nobody's."""

from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from typing import Any

from PIL import Image

from tests.faces import hair, portrait
from tests.faces.brush import Colour, Sheet, darker, lighter
from tests.faces.people import EMOTIONS, EXPRESSIONS, PEOPLE, Expression

__all__ = ["EMOTIONS", "PERSONS", "draw_face", "film_bytes", "photo_bytes"]

PERSONS = len(PEOPLE)
WALLS: tuple[Colour, ...] = (
    (196, 214, 222),
    (228, 214, 196),
    (204, 218, 200),
    (222, 204, 206),
    (200, 208, 226),
    (226, 220, 200),
    (214, 206, 224),
    (206, 216, 210),
)


def draw_face(
    person: int,
    emotion: str,
    size: tuple[int, int] = (640, 480),
    *,
    eyes_shut: bool = False,
    mouth_open: bool | None = None,
    tilt: float = 0,
    background: Colour | None = None,
    face_height: float | None = None,
) -> Image.Image:
    """`tilt`: degrees clockwise. `face_height`: from crown to chin, in pixels."""
    height = face_height or 0.56 * size[1]
    colour = background or WALLS[person % len(WALLS)]
    return _drawn(person % PERSONS, emotion, size, eyes_shut, mouth_open, tilt, colour, height).copy()


def photo_bytes(image: Image.Image, format: str = "JPEG", **save: Any) -> bytes:
    file = BytesIO()
    image.save(file, format, **save)
    return file.getvalue()


def film_bytes(*frames: Image.Image) -> bytes:
    """A video note: each picture stands for half a second."""
    import av

    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=2)
        stream.width, stream.height, stream.pix_fmt = *frames[0].size, "yuv420p"
        for image in frames:
            container.mux(stream.encode(av.VideoFrame.from_image(image)))  # type: ignore[no-untyped-call]
        container.mux(stream.encode(None))
    return file.getvalue()


@lru_cache(maxsize=64)
def _drawn(
    person: int,
    emotion: str,
    size: tuple[int, int],
    shut: bool,
    mouth_open: bool | None,
    tilt: float,
    wall: Colour,
    height: float,
) -> Image.Image:
    who, face = PEOPLE[person], _with_mouth(EXPRESSIONS[emotion], mouth_open)
    sheet = Sheet(size, (size[0] / 2, size[1] * 0.5), height / 2, tilt)
    _draw_wall(sheet, wall)
    hair.draw_behind(sheet, who)
    portrait.draw_body(sheet, who, portrait.skin_of(who, face))
    portrait.draw_head(sheet, who, face)
    hair.draw_earrings(sheet, who)
    portrait.draw_nose(sheet, who, face)
    hair.draw_beard(sheet, who, face)
    portrait.draw_mouth(sheet, who, face)
    portrait.draw_eyes(sheet, who, face, shut)
    hair.draw_before(sheet, who)
    portrait.draw_glasses(sheet, who)
    return sheet.finished()


def _with_mouth(face: Expression, mouth_open: bool | None) -> Expression:
    if mouth_open is None:
        return face
    if not mouth_open:
        return replace(face, opening=0.0, square=2.0, pointed=1.0)
    return replace(face, opening=max(face.opening, 0.26), pointed=max(face.pointed, 1.5))


def _draw_wall(sheet: Sheet, wall: Colour) -> None:
    """Lit from the upper left."""
    small = Image.new("RGB", (3, 3))
    for x in range(3):
        for y in range(3):
            depth = (x * 2 + y) / 6
            small.putpixel((x, y), lighter(wall, 0.5 - depth) if depth < 0.5 else darker(wall, (depth - 0.5) * 0.45))
    sheet.image.paste(small.resize(sheet.image.size, Image.Resampling.BICUBIC))
