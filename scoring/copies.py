"""Whether two pictures are the same one: hashes of the fine structure of an upright face.

The face's own crop is hashed, so whatever lies around it may be cut off, written over or added to. The finder's box
trembles when a picture is saved anew. So what is kept of a picture is what is seen from one place, and whoever asks
looks from many: a little beside, nearer, turned, and mirrored. No torch is needed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from random import Random

import numpy as np
from PIL import Image

Offset = tuple[float, float, float, float]  # right and down as parts of the crop, how much wider, degrees of turn

SIDE = 112  # pixels that a crop is looked at with
REACH = 0.37  # of the crop's side, from its middle: what lies further out may be beyond the picture's edge
BANDS, BAND_BITS = 16, 24  # a picture is found by any of so many parts of its hash; a point may be in several
LIKE, GLANCE = 40, 64  # of the rough hash's bits may differ where a closer look is worth its time, or a second one
MOST = 3  # closer looks: a copy is the likest of all, or nearly
SAME = 0.07  # of what stands out may differ in the same picture; docs/fairplay.md says how that was found
WEIGHTIEST = 3.0  # times the middle one: a single black dot must not outweigh the rest

STRAIGHT: tuple[Offset, ...] = ((0.0, 0.0, 1.0, 0.0),)
BESIDE = tuple((x, y) for x in (-0.018, 0.0, 0.018) for y in (-0.018, 0.0, 0.018))
AROUND: tuple[Offset, ...] = tuple((x, y, wider, 0.0) for wider in (1.0, 0.97, 1.03) for x, y in BESIDE)
NEARBY: tuple[Offset, ...] = tuple(
    (x, y, wider, turn) for wider in (-0.015, 0.0, 0.015) for turn in (-1.2, 0.0, 1.2) for x, y in BESIDE
)
CLOSER: tuple[Offset, ...] = tuple(
    (x / 3, y / 3, wider, turn) for wider in (-0.005, 0.0, 0.005) for turn in (-0.4, 0.0, 0.4) for x, y in BESIDE
)


@dataclass(frozen=True)
class Detail:
    """A hash of one size of detail: the sign at each point of a grid of what stands out there."""

    grid: int  # points a side
    fine: float  # pixels: what is smaller is noise and compression
    coarse: float  # what is larger is light and shade


ROUGH = Detail(16, 2.4, 4.2)
CLOSE = Detail(24, 1.2, 2.0)


@dataclass(frozen=True)
class Print:
    """What the database keeps of a picture."""

    rough: bytes
    close: bytes
    bands: tuple[int, ...]


@dataclass(frozen=True)
class Picture:
    """One whose like is looked for."""

    print: Print
    keys: tuple[frozenset[int], ...]  # of each band, whatever the same picture may have there
    _views: np.ndarray = field(repr=False, compare=False)
    _reliefs: tuple[np.ndarray, np.ndarray] = field(repr=False, compare=False)  # as it is, and mirrored

    def like(self, roughs: Iterable[bytes]) -> list[int]:
        """Which of these rough hashes are worth a closer look, the likest first."""
        found = list(roughs)
        if not found:
            return []
        others = np.frombuffer(b"".join(found), np.uint8).reshape(len(found), -1)
        half, few = len(AROUND), len(BESIDE)
        glance = np.concatenate([self._views[:few], self._views[half : half + few]])
        some = np.flatnonzero(differing(glance, others).min(axis=0) <= GLANCE)
        apart = differing(self._views, others[some]).min(axis=0)
        likest = [int(index) for index in np.argsort(apart, kind="stable")[:MOST] if apart[index] <= LIKE]
        return [int(some[index]) for index in likest]

    def difference(self, other: Print) -> float:
        """From 0, the very same, to about 0.4 of two persons."""
        rough = np.frombuffer(other.rough, np.uint8)[None]
        mirrored, view = divmod(int(differing(self._views, rough).argmin()), len(AROUND))
        wanted = np.unpackbits(np.frombuffer(other.close, np.uint8)).astype(bool)
        relief, at, least = self._reliefs[mirrored], AROUND[view], 1.0
        for steps in (NEARBY, CLOSER):
            offsets = tuple((at[0] + x, at[1] + y, at[2] + more, at[3] + turn) for x, y, more, turn in steps)
            apart = weighed(seen_from(relief, offsets, CLOSE.grid), wanted)
            at, least = offsets[int(apart.argmin())], float(apart.min())
        return least

    def is_copy_of(self, other: Print) -> bool:
        return self.difference(other) <= SAME


def picture_of(crop: Image.Image) -> Picture:
    """`crop`: as the face finder gives it."""
    grey = np.asarray(crop.convert("L").resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32)
    rough, close = relief(grey, ROUGH), relief(grey, CLOSE)
    both = rough, np.ascontiguousarray(rough[:, ::-1])
    views = np.concatenate([signs(seen_from(each, AROUND, ROUGH.grid)) for each in both])
    bands = bands_of(views)
    straight = signs(seen_from(rough, STRAIGHT, ROUGH.grid))
    kept = Print(
        straight[0].tobytes(),
        signs(seen_from(close, STRAIGHT, CLOSE.grid))[0].tobytes(),
        tuple(int(value) for value in bands_of(straight)[0]),
    )
    keys = tuple(frozenset(int(value) for value in bands[:, band]) for band in range(BANDS))
    return Picture(kept, keys, views, (close, np.ascontiguousarray(close[:, ::-1])))


def relief(grey: np.ndarray, detail: Detail) -> np.ndarray:
    """What stands out of its surroundings, whatever the light and the contrast."""
    fine, coarse = blur(detail.fine), blur(detail.coarse)
    return fine @ grey @ fine.T - coarse @ grey @ coarse.T


@cache
def blur(sigma: float) -> np.ndarray:
    apart = np.subtract.outer(np.arange(SIDE), np.arange(SIDE)) / sigma
    weights = np.exp(-(apart**2) / 2)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def seen_from(relief: np.ndarray, offsets: tuple[Offset, ...], grid: int) -> np.ndarray:
    """float32 (offsets, points)"""
    points = places(offsets, grid)
    x, y = points[:, 0], points[:, 1]
    left, top = x.astype(int), y.astype(int)
    across, down = x - left, y - top
    above = relief[top, left] * (1 - across) + relief[top, left + 1] * across
    below = relief[top + 1, left] * (1 - across) + relief[top + 1, left + 1] * across
    return above * (1 - down) + below * down


def places(offsets: tuple[Offset, ...], grid: int) -> np.ndarray:
    """Where each of these looks: (offsets, 2, points), in pixels."""
    line = (np.arange(grid) + 0.5) / grid * 2 - 1
    x, y = (each.ravel() * REACH for each in np.meshgrid(line, line))
    spins = [(size * np.exp(1j * np.radians(turn)), right + 1j * down) for right, down, size, turn in offsets]
    turned = [(x + 1j * y) * spin + shift for spin, shift in spins]
    return np.stack([(np.stack([each.real, each.imag]) + 0.5) * SIDE - 0.5 for each in turned]).astype(np.float32)


def weighed(seen: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """How much of what stands out does so otherwise: (offsets,)."""
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
    return (parts.astype(np.float32) @ (np.float32(2) ** np.arange(BAND_BITS, dtype=np.float32))).astype(np.int64)


@cache
def points_of_bands() -> np.ndarray:
    """(BANDS, BAND_BITS), drawn once for all: what is stored must be found with the same."""
    chance = Random("bands of copies")
    return np.array([chance.sample(range(ROUGH.grid**2), BAND_BITS) for _ in range(BANDS)])
