"""Where a face lies in its crop, to less than half a hundredth of it. No torch is needed.

The finder's box trembles by some hundredths when a picture is saved anew, lit otherwise or cut. So the face is laid
where it agrees best with a mask: dark eyes, nostrils and mouth, bright between them. Whether that is the right place
does not matter, for it hangs on the face alone: a copy has the same. Where several places agree about as well (faces
from the side, or in little light), a trifle decides between them; so all of them are told.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

SIDE = 112  # pixels that a crop is looked at with
HERE = np.array([0.0, 0.0, 1.0, 0.0])  # right and down as parts of the crop, how much wider, degrees of turn
STEP = np.array([1.0, 1.0, 1.5, 90.0])  # of each of the four; times a part of the crop


@dataclass(frozen=True)
class Detail:
    """One size of detail, and a grid of points to look at it."""

    grid: int  # points a side
    fine: float  # pixels: what is smaller is noise and compression
    coarse: float  # what is larger is light and shade
    reach: float  # of the crop's side, from its middle: what lies further out may be beyond the picture's edge


FEATURES = Detail(14, 3.5, 9.0, 0.4)
# Across and down as parts of the crop, half their breadth and height, how dark.
SPOTS = (
    (0.31, 0.341, 0.075, 0.045, 1.0),
    (0.69, 0.341, 0.075, 0.045, 1.0),
    (0.5, 0.576, 0.07, 0.03, 0.4),
    (0.5, 0.746, 0.11, 0.03, 0.9),
    (0.5, 0.406, 0.04, 0.12, -0.5),
    (0.3, 0.506, 0.07, 0.05, -0.4),
    (0.7, 0.506, 0.07, 0.05, -0.4),
)
# Too far from the finder's box nothing is looked for: other agreements are there.
STARTS = np.array(
    [
        (x, y, wider, turn)
        for x in (-0.06, -0.03, 0, 0.03, 0.06)
        for y in (-0.06, -0.03, 0, 0.03, 0.06)
        for wider in (-0.08, 0, 0.08)
        for turn in (-5, 0, 5)
    ]
)
PLACES = 6  # of one face
APART = np.array([0.04, 0.04, 0.07, 4.0])  # starts that are less far from each other lead to the same place
STAR = np.concatenate([np.zeros((1, 4)), np.eye(4), -np.eye(4)])
NARROWING = np.geomspace(0.025, 0.005, 12)
DOUBT, FAR = 0.02, np.array([0.05, 0.05, 0.07, 4.0])  # so much less a place counts that lies so far from the box


def relief(grey: np.ndarray, detail: Detail) -> np.ndarray:
    """What stands out of its surroundings, whatever the light and the contrast."""
    fine, coarse = blur(detail.fine), blur(detail.coarse)
    return fine @ grey @ fine.T - coarse @ grey @ coarse.T


@cache
def blur(sigma: float) -> np.ndarray:
    apart = np.subtract.outer(np.arange(SIDE), np.arange(SIDE)) / sigma
    weights = np.exp(-(apart**2) / 2)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def seen_from(relief: np.ndarray, places: np.ndarray, detail: Detail) -> np.ndarray:
    """float32 (places, points). Beyond the crop's edge, the edge goes on."""
    across, down, wider, turn = places.T[:, :, None]
    points = grid(detail.grid, detail.reach) * (wider * np.exp(1j * np.radians(turn))) + (across + 1j * down)
    x, y = (np.clip((each + 0.5) * SIDE - 0.5, 0, SIDE - 1.001) for each in (points.real, points.imag))
    left, top = x.astype(np.int32), y.astype(np.int32)
    right, below = (x - left).astype(np.float32), (y - top).astype(np.float32)
    flat, at = relief.ravel(), top * SIDE + left
    upper = flat[at] * (1 - right) + flat[at + 1] * right
    lower = flat[at + SIDE] * (1 - right) + flat[at + SIDE + 1] * right
    return upper * (1 - below) + lower * below


@cache
def grid(points: int, reach: float) -> np.ndarray:
    line = ((np.arange(points) + 0.5) / points * 2 - 1) * reach
    return np.add.outer(1j * line, line).ravel()


@cache
def mask() -> np.ndarray:
    """float32 (points,), of length 1."""
    points = grid(FEATURES.grid, FEATURES.reach) + (0.5 + 0.5j)
    spots = (
        -dark * np.exp(-(((points.real - x) / width) ** 2) / 2 - ((points.imag - y) / height) ** 2 / 2)
        for x, y, width, height, dark in SPOTS
    )
    seen = sum(spots, np.zeros(len(points)))
    seen -= seen.mean()
    return (seen / np.linalg.norm(seen)).astype(np.float32)


def places_of(grey: np.ndarray) -> np.ndarray:
    """The likeliest first: (PLACES, 4), each as HERE is."""
    features = relief(grey, FEATURES)
    places = starts_in(features)
    for step in NARROWING:
        around = places[:, None] + STAR * STEP * step
        heights = agreement(features, around.reshape(-1, 4)).reshape(len(places), -1)
        places = places + STEP * step * towards_the_top(heights)
    return places[np.argsort(-agreement(features, places), kind="stable")]


def starts_in(features: np.ndarray) -> np.ndarray:
    starts = HERE + STARTS
    agrees, found = agreement(features, starts), []
    for _ in range(PLACES):
        found.append(starts[agrees.argmax()])
        agrees[(((starts - found[-1]) / APART) ** 2).sum(axis=1) < 2] = -np.inf
    return np.array(found)


def agreement(features: np.ndarray, places: np.ndarray) -> np.ndarray:
    """With the mask, from -1 to 1: (places,)."""
    seen = seen_from(features, places, FEATURES)
    seen -= seen.mean(axis=1, keepdims=True)
    alike = seen @ mask() / np.linalg.norm(seen, axis=1).clip(1e-6)
    return alike - DOUBT * (((places - HERE) / FAR) ** 2).sum(axis=1)


def towards_the_top(heights: np.ndarray) -> np.ndarray:
    """Of the parabola through each three points of a star; one step at most: (places, 4)."""
    middle, after, before = heights[:, :1], heights[:, 1:5], heights[:, 5:]
    slope, bend = (after - before) / 2, after + before - 2 * middle
    with np.errstate(divide="ignore", invalid="ignore"):
        top = np.where(bend < 0, -slope / bend, np.sign(slope))
    return np.clip(top, -1, 1)


def mirrored(places: np.ndarray) -> np.ndarray:
    """The same places in the mirror image."""
    return places * (-1, 1, 1, -1)
