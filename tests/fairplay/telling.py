"""How many copies are found, and how many other pictures of the same face are taken for copies."""

from collections import Counter
from collections.abc import Callable, Iterable
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
SCREENS = 40  # sittings of which a photo of a screen and a print are simulated: that takes longest


@dataclass
class Told:
    made: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    faceless: Counter[str] = field(default_factory=Counter)  # no face in the copy any more: refused for that
    apart: list[float] = field(default_factory=list)  # of copies
    others: list[float] = field(default_factory=list)  # of other pictures of the same face
    series: list[float] = field(default_factory=list)  # of those taken within a second
    strangers: list[float] = field(default_factory=list)
    screens: dict[str, list[float]] = field(default_factory=lambda: {"photo": [], "screen": [], "print": []})

    @property
    def share_found(self) -> float:
        return self.found.total() / max(self.made.total() - self.faceless.total(), 1)

    @property
    def share_refused(self) -> float:
        apart = self.others + self.series
        return sum(each <= SAME for each in apart) / max(len(apart), 1)

    def marked(self, kind: str) -> str:
        return f"{sum(each >= MARKED for each in self.screens[kind])} of {len(self.screens[kind])}"


def tell(sittings: Iterable[Sitting], finder: FaceFinder, goes_on: Callable[[Told], bool]) -> Told:
    told, before = Told(), None
    for number, sitting in enumerate(sittings):
        face = finder.find(sitting.photo)
        if face is None:
            continue
        picture = picture_of(face.crop)
        tell_copies(told, Random(number), sitting.photo, face, picture, finder)
        for found, photos in ((told.others, sitting.moments), (told.series, sitting.series)):
            found += moments_apart(picture, [finder.find(saved(each, 85)) for each in photos])
        if number < SCREENS:
            tell_screens(told, Random(number), sitting.photo, face)
        if before is not None:
            told.strangers.append(picture.difference(before.print))
        before = picture
        if not goes_on(told):
            break
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
        least = copy.difference(picture.print) if meets(copy, picture) else 1.0
        told.apart.append(least)
        told.found[name] += least <= SAME


def meets(copy: Picture, earlier: Picture) -> bool:
    """As the database finds what is compared."""
    return any(value in keys for value, keys in zip(earlier.print.bands, copy.keys, strict=True))


def moments_apart(picture: Picture, faces: list[Face | None]) -> list[float]:
    pictures = [picture, *(picture_of(face.crop) for face in faces if face)]
    return [later.difference(earlier.print) for earlier, later in combinations(pictures, 2)]


def tell_screens(told: Told, chance: Random, photo: Image.Image, face: Face) -> None:
    kinds = {"photo": saved(photo, 85), "screen": on_a_screen(chance, photo), "print": printed(chance, photo)}
    for kind, image in kinds.items():
        told.screens[kind].append(screen_likeness(image, face.box))
