"""Looking at a face from a place: what stands out on it, at one size of detail, on a grid that is laid over it.

No torch is needed.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

SIDE = 112  # pixels that a crop is looked at with
HERE = np.array([0.0, 0.0, 1.0, 0.0])  # right and down as parts of the crop, how much wider, degrees of turn


@dataclass(frozen=True)
class Detail:
    """One size of detail, and a grid of points to look at it."""

    grid: int  # points a side
    fine: float  # pixels: what is smaller is noise and compression
    coarse: float  # what is larger is light and shade
    reach: float  # of the crop's side, from its middle: what lies further out may be beyond the picture's edge


def relief(grey: np.ndarray, fine: float, coarse: float) -> np.ndarray:
    """What stands out of its surroundings, whatever the light and the contrast."""
    near, far = blur(fine), blur(coarse)
    return near @ grey @ near.T - far @ grey @ far.T


@cache
def blur(sigma: float) -> np.ndarray:
    apart = np.subtract.outer(np.arange(SIDE), np.arange(SIDE)) / sigma
    weights = np.exp(-(apart**2) / 2)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def seen_from(relief: np.ndarray, places: np.ndarray, detail: Detail) -> np.ndarray:
    """float32 (places, points)."""
    across, down, wider, turn = places.T[:, :, None]
    points = grid(detail.grid, detail.reach) * (wider * np.exp(1j * np.radians(turn))) + (across + 1j * down)
    x, y = ((each + 0.5) * SIDE - 0.5 for each in (points.real, points.imag))
    return seen_at(relief, x, y)


def seen_at(relief: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """In pixels. Beyond the crop's edge, the edge goes on."""
    x, y = (np.clip(each, 0, SIDE - 1.001) for each in (x, y))
    left, top = x.astype(np.int32), y.astype(np.int32)
    right, below = (x - left).astype(np.float32), (y - top).astype(np.float32)
    flat, at = relief.ravel(), top * SIDE + left
    upper = flat[at] * (1 - right) + flat[at + 1] * right
    lower = flat[at + SIDE] * (1 - right) + flat[at + SIDE + 1] * right
    return upper * (1 - below) + lower * below


@cache
def grid(points: int, reach: float) -> np.ndarray:
    """As complex numbers from the crop's middle, parts of its side."""
    line = ((np.arange(points) + 0.5) / points * 2 - 1) * reach
    return np.add.outer(1j * line, line).ravel()


def steps(shift: float, wider: float, turn: float) -> np.ndarray:
    """To every side by so much, or not at all."""
    each = [(-most, 0.0, most) for most in (shift, shift, wider, turn)]
    return np.stack(np.meshgrid(*each, indexing="ij"), axis=-1).reshape(-1, 4)
