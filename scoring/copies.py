"""Whether two pictures are the same one: hashes of the fine structure of an upright face.

The face's own crop is hashed, so whatever lies around it may be cut off, written over or added to. `placing` says from
where it is looked at. Should that tremble yet, whoever asks looks from a few places around it, too, and mirrored. No
torch is needed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from random import Random

import numpy as np
from PIL import Image

from scoring.placing import HERE, SIDE, Detail, mirrored, places_of, relief, seen_from

BANDS, BAND_BITS = 16, 28  # a picture is found by any of so many parts of its hash; a point may be in several
LIKE = 40  # of the rough hash's bits may differ where a closer look is worth its time
STARTS = 2  # places from where a closer look begins
MOST = 3  # closer looks: a copy is the likest of all, or nearly
SAME = 0.019  # of what stands out may differ in the same picture; docs/fairplay.md says how that was found
HOPELESS = 0.25  # so much differs that coming nearer is in vain
WEIGHTIEST = 3.0  # times the middle one: a single black dot must not outweigh the rest

ROUGH = Detail(16, 2.4, 4.2, 0.37)
CLOSE = Detail(24, 1.2, 2.0, 0.32)
BELOW = np.array([0.0, 0.05, 0.0, 0.0])  # the finer hash leaves the forehead out: there captions are


def steps(shift: float, wider: float = 0, turn: float = 0) -> np.ndarray:
    """To every side by so much, or not at all."""
    each = [(-most, 0.0, most) if most else (0.0,) for most in (shift, shift, wider, turn)]
    return np.stack(np.meshgrid(*each, indexing="ij"), axis=-1).reshape(-1, 4)


TREMBLING, AROUND = steps(0.018), steps(0.012)
BESIDE = 0.01 * np.array([(0, 0, 0, 0), (1, 0, 0, 0), (-1, 0, 0, 0), (0, 1, 0, 0), (0, -1, 0, 0)])
NEARBY, NEARER, NEAREST = steps(0.018, 0.015, 1.2), steps(0.006, 0.005, 0.4), steps(0.002, 0.002, 0.15)


@dataclass(frozen=True)
class Print:
    """What the database keeps of a picture."""

    rough: bytes
    close: bytes
    bands: tuple[int, ...]


@dataclass(frozen=True)
class Side:
    """A picture, or its mirror image."""

    close: np.ndarray
    places: np.ndarray  # from which it is looked at
    views: np.ndarray  # rough hashes of what is seen there

    def difference(self, wanted: np.ndarray, place: np.ndarray) -> float:
        """The least that is found near this place; what is the same from afar needs no nearer look."""
        for around in (NEARBY, NEARER, NEAREST):
            places = place + around
            apart = weighed(seen_from(self.close, places + BELOW, CLOSE), wanted)
            place = places[apart.argmin()]
            if not SAME < apart.min() <= HOPELESS:
                break
        return float(apart.min())


@dataclass(frozen=True)
class Picture:
    """One whose like is looked for."""

    prints: tuple[Print, ...]
    keys: tuple[frozenset[int], ...]  # of each band, whatever the same picture may have there
    _sides: tuple[Side, Side] = field(repr=False, compare=False)

    def like(self, roughs: Iterable[bytes]) -> list[int]:
        """Which of these rough hashes are worth a closer look, the likest first."""
        found = list(roughs)
        if not found:
            return []
        others = np.frombuffer(b"".join(found), np.uint8).reshape(len(found), -1)
        apart = np.minimum(*(differing(side.views, others).min(axis=0) for side in self._sides))
        return [int(index) for index in np.argsort(apart, kind="stable")[:MOST] if apart[index] <= LIKE]

    def difference(self, other: Print) -> float:
        """From 0, the very same, to about 0.4 of two persons."""
        rough = np.frombuffer(other.rough, np.uint8)[None]
        wanted = np.unpackbits(np.frombuffer(other.close, np.uint8)).astype(bool)
        apart = [differing(side.views, rough)[:, 0] for side in self._sides]
        side, views = min(zip(self._sides, apart, strict=True), key=lambda each: each[1].min())
        return min(side.difference(wanted, side.places[at]) for at in np.argsort(views, kind="stable")[:STARTS])

    def is_copy_of(self, other: Print) -> bool:
        return self.difference(other) <= SAME


def prints_of(crop: Image.Image) -> tuple[Print, ...]:
    """`crop`: as the face finder gives it."""
    grey = looked_at(crop)
    return printed(grey, places_of(grey))


def picture_of(crop: Image.Image) -> Picture:
    grey = looked_at(crop)
    places = places_of(grey)
    sides = side_of(grey, places), side_of(np.ascontiguousarray(grey[:, ::-1]), mirrored(places))
    bands = bands_of(np.concatenate([side.views for side in sides]))
    keys = tuple(frozenset(int(value) for value in bands[:, band]) for band in range(BANDS))
    return Picture(printed(grey, places), keys, sides)


def looked_at(crop: Image.Image) -> np.ndarray:
    return np.asarray(crop.convert("L").resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32)


def printed(grey: np.ndarray, places: np.ndarray) -> tuple[Print, ...]:
    """What is seen from the likeliest place, and from where the finder laid the face."""
    kept = np.stack([places[0], HERE])
    rough = signs(seen_from(relief(grey, ROUGH), kept, ROUGH))
    close = signs(seen_from(relief(grey, CLOSE), kept + BELOW, CLOSE))
    bands = [tuple(each) for each in bands_of(rough).tolist()]
    pairs = zip(rough, close, bands, strict=True)
    return tuple(Print(broad.tobytes(), fine.tobytes(), its) for broad, fine, its in pairs)


def side_of(grey: np.ndarray, places: np.ndarray) -> Side:
    others = (places[1:, None] + BESIDE).reshape(-1, 4)
    asked = np.concatenate([places[0] + AROUND, others, HERE + TREMBLING])
    return Side(relief(grey, CLOSE), asked, signs(seen_from(relief(grey, ROUGH), asked, ROUGH)))


def weighed(seen: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """How much of what stands out does so otherwise: (places,)."""
    weights = np.abs(seen) / np.median(np.abs(seen), axis=1, keepdims=True).clip(1e-6)
    weights = np.minimum(weights, WEIGHTIEST)
    return (weights * ((seen > 0) != wanted)).sum(axis=1) / weights.sum(axis=1).clip(1e-6)


def signs(seen: np.ndarray) -> np.ndarray:
    return np.packbits(seen > 0, axis=1)


def differing(views: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How many bits: (views, others)."""
    apart = views.view(np.uint64)[:, None] ^ np.ascontiguousarray(others).view(np.uint64)[None]
    return np.bitwise_count(apart).sum(axis=2, dtype=np.int32)


def bands_of(hashes: np.ndarray) -> np.ndarray:
    """(hashes, BANDS). A band's points lie all over the face: neighbours say the same, and would tell few apart."""
    parts = np.unpackbits(hashes, axis=1)[:, points_of_bands()]
    return (parts @ (2.0 ** np.arange(BAND_BITS))).astype(np.int64)


@cache
def points_of_bands() -> np.ndarray:
    """(BANDS, BAND_BITS), drawn once for all: what is stored must be found with the same."""
    chance = Random("bands of copies")
    return np.array([chance.sample(range(ROUGH.grid**2), BAND_BITS) for _ in range(BANDS)])
