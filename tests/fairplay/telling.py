"""How many copies are found, and how many other pictures of the same face are taken for copies."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from random import Random

from PIL import Image

from scoring.copies import SAME, Picture, picture_of
from scoring.faces import Face, FaceFinder
from scoring.screens import screen_likeness
from tests.fairplay.pictures import Sitting
from tests.fairplay.variants import COPIES, on_a_screen, printed, saved

MARKED = 0.5


@dataclass
class Told:
    made: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    faceless: Counter[str] = field(default_factory=Counter)  # no face in the copy any more: refused for that
    apart: list[float] = field(default_factory=list)  # of copies
    others: list[float] = field(default_factory=list)  # of other pictures of the same face
    strangers: list[float] = field(default_factory=list)
    screens: dict[str, list[float]] = field(default_factory=lambda: {"photo": [], "screen": [], "print": []})

    @property
    def share_found(self) -> float:
        return self.found.total() / max(self.made.total() - self.faceless.total(), 1)

    @property
    def share_refused(self) -> float:
        return sum(each <= SAME for each in self.others) / max(len(self.others), 1)

    def marked(self, kind: str) -> float:
        return sum(each >= MARKED for each in self.screens[kind]) / max(len(self.screens[kind]), 1)


def tell(sittings: Iterable[Sitting], finder: FaceFinder) -> Told:
    told, before = Told(), None
    for number, sitting in enumerate(sittings):
        face = finder.find(sitting.photo)
        if face is None:
            continue
        picture = picture_of(face.crop)
        tell_copies(told, Random(number), sitting.photo, face, picture, finder)
        tell_moments(told, picture, [finder.find(saved(each, 85)) for each in sitting.moments])
        tell_screens(told, Random(number), sitting.photo, face)
        if before is not None:
            told.strangers.append(picture.difference(before.print))
        before = picture
    return told


def tell_copies(
    told: Told, chance: Random, photo: Image.Image, face: Face, picture: Picture, finder: FaceFinder
) -> None:
    for name, vary in COPIES.items():
        told.made[name] += 1
        again = finder.find(vary(chance, photo, face.box))
        if again is None:
            told.faceless[name] += 1
            continue
        copy = picture_of(again.crop)
        meets = any(value in keys for value, keys in zip(picture.print.bands, copy.keys, strict=True))
        apart = copy.difference(picture.print) if meets and copy.like([picture.print.rough]) else 1.0
        told.apart.append(apart)
        told.found[name] += apart <= SAME


def tell_moments(told: Told, picture: Picture, moments: list[Face | None]) -> None:
    pictures = [picture, *(picture_of(face.crop) for face in moments if face)]
    told.others += [later.difference(earlier.print) for earlier, later in combinations(pictures, 2)]


def tell_screens(told: Told, chance: Random, photo: Image.Image, face: Face) -> None:
    kinds = {"photo": saved(photo, 85), "screen": on_a_screen(chance, photo), "print": printed(chance, photo)}
    for kind, image in kinds.items():
        told.screens[kind].append(screen_likeness(image, face.box))
