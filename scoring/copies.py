"""Whether two pictures are the same one: hashes of the fine structure of an upright face.

The face's own crop is hashed, so whatever lies around it may be cut off, written over or added to. `spots` says what
may be the same. Then the new picture is laid over what is kept of the old one, by its broad forms first and by finer
ones in the end, and the two are compared part by part. Whatever was done to a copy, nothing of the face has moved: most
of its parts agree almost perfectly, even where a caption spoils the others. No torch is needed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from PIL import Image

from scoring.placing import HERE, SIDE, Detail, grid, relief, seen_from, steps
from scoring.spots import bands_of, keys_of

MOST = 3  # closer looks: a copy is the likest of all, or nearly
SAME = 0.0019  # of what stands out may differ in the same picture; docs/fairplay.md says how that was found
SPOILT = 0.15  # of what is compared is left out: where the two differ most
FAR, HOPELESS = 0.1, 0.04  # so much of the broad forms differs, before and when nearer, that it is another picture
WEIGHTIEST = 2.5  # times the mean: a single black dot must not outweigh the rest
FAINT = 0.2  # brightness: where no more than this stands out in the mean, there is nothing to compare

ROUGH = Detail(16, 3.0, 6.0, 0.38)
CLOSE = Detail(32, 1.8, 3.2, 0.38)
POWER = {ROUGH: 1.0, CLOSE: 1.5}  # of what stands out: so much a point weighs; light and noise turn the faint ones
ROWS = 7
PARTS, BREADTH = grid(ROWS, 0.35), 6.5 / SIDE  # where the parts have their middle, and how far each goes
# All of a face is compared, or what a caption leaves: it comes from above or from below. Less must agree better.
LEFT = [
    (slice(above * ROWS, (ROWS - below) * ROWS), 1 + (above + below) / 2)
    for above, below in ((0, 0), (1, 0), (2, 0), (0, 1), (0, 2))
]
# The finder's box of a copy lies elsewhere by so much.
LIKELY, STARTS = 24, 2  # places of these that are weighed, by their signs alone; from where it is come nearer
STRAYS = HERE + np.concatenate([steps(0.03, 0.04, 3.0), steps(0.06, 0.04, 3.0)])
NEARING = steps(0.015, 0.02, 1.5), steps(0.0075, 0.01, 0.75)
NEAREST = steps(0.004, 0.005, 0.4), steps(0.002, 0.0025, 0.2), steps(0.001, 0.00125, 0.1)


@dataclass(frozen=True)
class Print:
    """What the database keeps of a picture."""

    rough: bytes
    close: bytes
    bands: tuple[int | None, ...]


@dataclass(frozen=True)
class Side:
    """A picture, or its mirror image."""

    rough: np.ndarray
    close: np.ndarray
    views: np.ndarray  # from STRAYS


def nearer(
    relief: np.ndarray, wanted: np.ndarray, detail: Detail, place: np.ndarray, ways: Iterable[np.ndarray]
) -> tuple[float, np.ndarray]:
    least = 1.0
    for around in ways:
        differs = apart(seen_from(relief, place + around, detail), wanted, detail)
        place, least = place + around[differs.argmin()], float(differs.min())
    return least, place


@dataclass(frozen=True)
class Picture:
    """One whose like is looked for."""

    print: Print
    keys: tuple[frozenset[int], ...]  # of each band, whatever the same picture may have there
    _sides: tuple[Side, Side] = field(repr=False, compare=False)

    def like(self, roughs: Iterable[bytes]) -> list[int]:
        """Which of these rough hashes are worth a closer look, the likest first."""
        found = list(roughs)
        if not found:
            return []
        others = np.frombuffer(b"".join(found), np.uint8).reshape(len(found), -1)
        least = np.minimum(*(differing(signs(side.views), others).min(axis=0) for side in self._sides))
        return [int(index) for index in np.argsort(least, kind="stable")[:MOST]]

    def difference(self, other: Print) -> float:
        """From 0, the very same, to about 0.4 of two persons."""
        rough, close = (np.unpackbits(np.frombuffer(each, np.uint8)) > 0 for each in (other.rough, other.close))
        views = np.concatenate([side.views for side in self._sides])
        likely = np.argsort(differing(signs(views), np.packbits(rough)[None])[:, 0], kind="stable")[:LIKELY]
        nearly = apart(views[likely], rough, ROUGH)
        if nearly.min() > FAR:
            return float(nearly.min())
        laid = []
        for start in likely[np.argsort(nearly, kind="stable")[:STARTS]]:
            side, stray = self._sides[start // len(STRAYS)], STRAYS[start % len(STRAYS)]
            laid.append((*nearer(side.rough, rough, ROUGH, stray, NEARING), side))
        least, place, side = min(laid, key=lambda each: each[0])
        return least if least > HOPELESS else nearer(side.close, close, CLOSE, place, NEAREST)[0]

    def is_copy_of(self, other: Print) -> bool:
        if len(other.close) != len(self.print.close):  # kept by an earlier release, which looked at other points
            return False
        return self.difference(other) <= SAME


def picture_of(crop: Image.Image) -> Picture:
    """`crop`: as the face finder gives it."""
    grey = looked_at(crop)
    sides = side_of(grey), side_of(np.ascontiguousarray(grey[:, ::-1]))
    keys = (keys_of(each) for each in (grey, grey[:, ::-1]))
    return Picture(printed(grey), tuple(one | mirrored for one, mirrored in zip(*keys, strict=True)), sides)


def print_of(crop: Image.Image) -> Print:
    return printed(looked_at(crop))


def looked_at(crop: Image.Image) -> np.ndarray:
    return np.asarray(crop.convert("L").resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32)


def printed(grey: np.ndarray) -> Print:
    rough, close = (
        signs(seen_from(relief(grey, detail.fine, detail.coarse), HERE[None], detail)) for detail in (ROUGH, CLOSE)
    )
    return Print(rough.tobytes(), close.tobytes(), bands_of(grey))


def side_of(grey: np.ndarray) -> Side:
    rough, close = (relief(grey, detail.fine, detail.coarse) for detail in (ROUGH, CLOSE))
    return Side(rough, close, seen_from(rough, STRAYS, ROUGH))


def apart(seen: np.ndarray, wanted: np.ndarray, detail: Detail) -> np.ndarray:
    """How much of what stands out does so otherwise: (places,)."""
    heights = np.abs(seen)
    mean = heights.mean(axis=1, keepdims=True)
    weights = np.minimum(heights / mean.clip(FAINT), WEIGHTIEST) ** POWER[detail]
    whole = weights @ nearness(detail) + 1e-6
    differs = (weights * ((seen > 0) != wanted)) @ nearness(detail)
    least = np.min([times * but_the_worst(differs[:, rows], whole[:, rows]) for rows, times in LEFT], axis=0)
    return np.where(mean[:, 0] > FAINT, least, 1.0)


def but_the_worst(differs: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """What differs of the whole, without the parts where most does."""
    best = np.argsort(differs / whole, axis=1)
    differs, whole = (np.take_along_axis(each, best, axis=1) for each in (differs, whole))
    counted = (1 - SPOILT) * whole.sum(axis=1, keepdims=True)
    share = np.clip((counted - whole.cumsum(axis=1)) / whole + 1, 0, 1)
    return (share * differs).sum(axis=1) / counted[:, 0]


@cache
def nearness(detail: Detail) -> np.ndarray:
    """Of each point to each part: (points, parts)."""
    far = np.abs(np.subtract.outer(grid(detail.grid, detail.reach), PARTS)) / BREADTH
    return np.exp(-(far**2) / 2).astype(np.float32)


def signs(seen: np.ndarray) -> np.ndarray:
    return np.packbits(seen > 0, axis=1)


def differing(views: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How many bits: (views, others)."""
    bits = views.view(np.uint64)[:, None] ^ np.ascontiguousarray(others).view(np.uint64)[None]
    return np.bitwise_count(bits).sum(axis=2, dtype=np.int32)
