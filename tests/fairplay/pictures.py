"""Where the pictures come from that are varied: drawn faces, and real ones from an archive where somebody has one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZipFile

from PIL import Image, ImageDraw, ImageFilter

from tests.faces import PERSONS, draw_face
from tests.fairplay.variants import Size, another_moment, grainy, half_a_second_later

SIZE: Size = (640, 480)
MIDDLE = 320  # pixels: there a drawn photo has its face
SHOWN = ("happiness", "anger", "surprise")
UNSEEN = 12_000  # from this one of the archive's shuffled faces on: nothing was ever chosen on them


@dataclass(frozen=True)
class Sitting:
    """One face in one place."""

    photo: Image.Image
    moments: tuple[Image.Image, ...]  # other photos of it
    series: tuple[Image.Image, ...]  # others of the same second


def drawn(persons: int = PERSONS, moments: int = 4) -> Iterator[Sitting]:
    for person in range(persons):
        for emotion in SHOWN:
            chance = Random(f"{person} {emotion}")
            photo = grainy(chance, draw_face(person, emotion, SIZE, face_height=280))
            later = tuple(another_moment(chance, photo) for _ in range(moments))
            yield Sitting(photo, later, tuple(in_place(chance, photo, half_a_second_later) for _ in range(moments)))


def in_place(chance: Random, photo: Image.Image, change: Callable[[Random, Image.Image], Image.Image]) -> Image.Image:
    """Of the drawn face alone: its room stands still."""
    left, top = (photo.width - MIDDLE) // 2, (photo.height - MIDDLE) // 2
    photo = photo.copy()
    photo.paste(change(chance, photo.crop((left, top, left + MIDDLE, top + MIDDLE))), (left, top))
    return grainy(chance, photo)


def faces(archive: Path, count: int, first: int = 0) -> Iterator[Image.Image]:
    with ZipFile(archive) as files:
        names = sorted(name for name in files.namelist() if name.endswith(".jpg"))
        Random(1).shuffle(names)
        for name in names[first : first + count]:
            yield Image.open(BytesIO(files.read(name))).convert("RGB")


def real(archive: Path, count: int, moments: int = 4) -> Iterator[Sitting]:
    """Their black surroundings are filled with a room."""
    for number, face in enumerate(faces(archive, count, UNSEEN)):
        chance = Random(number)
        wall, height = room(chance), chance.randint(170, 300)
        at = chance.randint(20, SIZE[0] - height - 20), chance.randint(10, SIZE[1] - height - 10)
        photo = put(chance, face, wall, height, at)
        later, series = (
            tuple(put(chance, change(chance, face), wall, height, moved(chance, at)) for _ in range(moments))
            for change in (another_moment, half_a_second_later)
        )
        yield Sitting(photo, later, series)


def moved(chance: Random, at: tuple[int, int]) -> tuple[int, int]:
    return at[0] + chance.randint(-8, 8), at[1] + chance.randint(-8, 8)


def room(chance: Random) -> Image.Image:
    small = Image.new("RGB", (SIZE[0] // 4, SIZE[1] // 4), tuple(chance.randint(60, 230) for _ in range(3)))
    pen = ImageDraw.Draw(small)
    for _ in range(14):
        x, y = chance.randint(0, small.width), chance.randint(0, small.height)
        pen.rectangle((x, y, x + chance.randint(6, 60), y + chance.randint(6, 60)), fill=chance.randrange(1 << 24))
    return small.resize(SIZE, Image.Resampling.BICUBIC)


def put(chance: Random, face: Image.Image, wall: Image.Image, height: int, at: tuple[int, int]) -> Image.Image:
    face = face.resize((height, height), Image.Resampling.BICUBIC)
    outline = face.convert("L").point(lambda value: 255 if value > 8 else 0).filter(ImageFilter.MinFilter(5))
    turn = chance.uniform(-8, 8)
    face, outline = (each.rotate(turn, Image.Resampling.BICUBIC) for each in (face, outline))
    photo = wall.copy()
    photo.paste(face, at, outline.filter(ImageFilter.GaussianBlur(1.5)))
    return grainy(chance, photo)
