"""By what a picture is found among very many: spots that stand out on a face, and what lies around each.

A spot hangs on what is there, and on nothing else. So it stays where it is when the finder's box trembles, when a
caption covers another part of the face, or when its light is burnt out elsewhere: one of them that is left will do.
"""

from functools import cache
from itertools import product
from math import pi, sqrt
from random import Random

import numpy as np

from scoring.placing import SIDE, relief, seen_at

ACROSS = 4  # parts of a face a side: each keeps its strongest spot, as one number
BANDS, BAND_BITS = ACROSS**2, 28
FINE, COARSE = 2.4, 4.2  # pixels, as Detail has them
REACH = 0.34  # of the crop's side: further out the face's outline would be the spot of too many
APART = 3  # pixels between spots, at least
FAINT = 0.5  # brightness: less is noise
EDGE = 6  # pixels
AROUND, NOT_NEARER, SPREAD = 20.0, 4.0, 1.15  # pixels: where a spot's points lie; how evenly
TREMBLING = 4.0  # pixels by which a spot may lie beyond its part's edge in a copy
DOUBTED = 2  # of a spot's points, the weakest: they are taken both ways

Spots = tuple[
    np.ndarray, np.ndarray
]  # where they lie, as parts of a face's part (spots, 2); what is around (spots, bits)


def bands_of(grey: np.ndarray) -> tuple[int | None, ...]:
    """What is kept of a picture."""
    where, around = spots_of(grey)
    kept: list[int | None] = [None] * BANDS
    for (x, y), value in zip(np.floor(where).astype(int).tolist(), numbers(around > 0), strict=True):
        band = y * ACROSS + x
        if 0 <= min(x, y) and max(x, y) < ACROSS and kept[band] is None:
            kept[band] = value
    return tuple(kept)


def keys_of(grey: np.ndarray) -> tuple[frozenset[int], ...]:
    """Of each band, what the same picture may have kept there. A mirror image has to be asked for itself."""
    where, around = spots_of(grey)
    keys: list[set[int]] = [set() for _ in range(BANDS)]
    may_be = np.array([numbers(each) for each in doubted(around)]).T.tolist()
    for band, spot in parts_of(where):
        keys[band].update(may_be[spot])
    return tuple(map(frozenset, keys))


def spots_of(grey: np.ndarray) -> Spots:
    """The strongest first."""
    seen = relief(grey, FINE, COARSE)
    strength = np.abs(seen)
    down, across = np.nonzero((strength == highest(strength)) & (strength > FAINT))
    inside = (np.minimum(down, across) >= EDGE) & (np.maximum(down, across) < SIDE - EDGE)
    down, across = down[inside], across[inside]
    strongest = np.argsort(-strength[down, across], kind="stable")
    down, across = down[strongest], across[strongest]
    x = across + top(*(strength[down, across + step] for step in (-1, 0, 1)))
    y = down + top(*(strength[down + step, across] for step in (-1, 0, 1)))
    around = seen_at(seen, x[:, None] + points().real, y[:, None] + points().imag)
    return (np.stack([x, y], axis=1) - SIDE * (0.5 - REACH)) / part(), around


def part() -> float:
    return 2 * REACH * SIDE / ACROSS


def highest(strength: np.ndarray) -> np.ndarray:
    """Around each pixel."""
    for axis in (0, 1):
        strength = np.max([np.roll(strength, step, axis) for step in range(-APART, APART + 1)], axis=0)
    return strength


def top(before: np.ndarray, middle: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Of the parabola through the three, which lies between the pixels."""
    bend = np.minimum(before + after - 2 * middle, -1e-6)
    return np.clip((before - after) / (2 * bend), -0.5, 0.5)


@cache
def points() -> np.ndarray:
    """Drawn once for all: what is stored must be found with the same."""
    chance, found = Random("kp"), list[complex]()
    while len(found) < BAND_BITS:
        angle = chance.uniform(0, 2 * pi)
        far = AROUND * sqrt(chance.uniform((NOT_NEARER / AROUND) ** 2, 1))
        point = complex(far * np.exp(1j * angle))
        if all(abs(point - other) > SPREAD * AROUND / sqrt(BAND_BITS) for other in found):
            found.append(point)
    return np.array(found)


def doubted(around: np.ndarray) -> list[np.ndarray]:
    bits, spots = around > 0, np.arange(len(around))
    found = [bits]
    for weakest in np.argsort(np.abs(around), axis=1)[:, :DOUBTED].T:
        other = bits.copy()
        other[spots, weakest] ^= True
        found.append(other)
    return found


def numbers(bits: np.ndarray) -> list[int]:
    return [int(each) for each in bits @ (2.0 ** np.arange(BAND_BITS))]


def parts_of(where: np.ndarray) -> set[tuple[int, int]]:
    """Each band that may have a spot, and the spot."""
    margin = TREMBLING / part()
    return {
        (int(y) * ACROSS + int(x), spot)
        for right, down in product((-margin, margin), repeat=2)
        for spot, (x, y) in enumerate(np.floor(where + np.array([right, down])))
        if 0 <= min(x, y) and max(x, y) < ACROSS
    }
