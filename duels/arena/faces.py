"""Drawn faces, nobody's: opponents for who is alone, and a pair to try the judge with."""

import random
from collections.abc import Collection
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDER: Path = settings.BASE_DIR / "static" / "faces"


@cache
def faces() -> tuple[str, ...]:
    """Each is called after what it shows and who it is: anger-1."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*-*.webp")))


def emotion_of(face: str) -> str:
    return face.partition("-")[0]


def photo_of(face: str) -> bytes:
    return (FOLDER / f"{face}.webp").read_bytes()


def fitting(emotions: Collection[str]) -> str:
    """One that shows what is asked for; any where nobody can say what that is."""
    return random.choice([face for face in faces() if emotion_of(face) in emotions] or faces())


def pair(emotions: Collection[str]) -> tuple[str, str]:
    """Two persons, at least one of whom shows what is asked for, in any order."""
    one = fitting(emotions)
    person = one.partition("-")[2]
    others = [face for face in faces() if emotion_of(face) != emotion_of(one) and face.partition("-")[2] != person]
    both = [one, random.choice([face for face in others if emotion_of(face) in emotions] or others)]
    random.shuffle(both)
    return both[0], both[1]
