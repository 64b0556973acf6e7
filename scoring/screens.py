"""How much a photo looks like a picture of a screen or of a print: both have a grid, and a camera's own grid beats
against it. A mark for moderators, and no more: docs/fairplay.md says how often it is right.
"""

from functools import cache

import numpy as np
from PIL import Image

from scoring.faces import Box

PATCH = 256  # pixels around the face
SMALLEST = 96
LOWEST = 0.09  # waves a pixel: what is broader is the picture itself
# How far the highest peak rises above what is usual at its frequency, as a power of ten of energy.
USUAL, CERTAIN = 2.2, 4.0
BLOCKS = 8  # JPEG leaves peaks of its own at multiples of a wave in so many pixels


def screen_likeness(image: Image.Image, box: Box) -> float:
    """0-1."""
    patch = around(image, box)
    if patch is None:
        return 0.0
    return float(np.clip((highest_peak(patch) - USUAL) / (CERTAIN - USUAL), 0.0, 1.0))


def around(image: Image.Image, box: Box) -> np.ndarray | None:
    side = min(PATCH, *image.size)
    if side < SMALLEST:
        return None
    side -= side % BLOCKS
    middle = (box[0] + box[2]) / 2 * image.width, (box[1] + box[3]) / 2 * image.height
    left, top = (
        int(min(max(place - side / 2, 0), whole - side)) for place, whole in zip(middle, image.size, strict=True)
    )
    return np.asarray(image.crop((left, top, left + side, top + side)).convert("L"), np.float32)


def highest_peak(patch: np.ndarray) -> float:
    side = len(patch)
    window = np.hanning(side).astype(np.float32)
    waves = np.fft.rfft2((patch - patch.mean()) * window * window[:, None])
    energy = np.log10(np.abs(waves) ** 2 + 1.0)
    rings, looked_at = plan(side)
    usual = np.array([np.median(energy[rings == ring]) for ring in range(int(rings.max()) + 1)])
    return float((energy - usual[rings])[looked_at].max())


@cache
def plan(side: int) -> tuple[np.ndarray, np.ndarray]:
    """The ring of each wave, by its frequency, and which waves tell anything."""
    down, across = np.meshgrid(np.fft.fftfreq(side), np.fft.rfftfreq(side), indexing="ij")
    frequency = np.hypot(down, across)
    rings = np.minimum((frequency * 64).astype(int), 32)
    straight = np.minimum(np.abs(down), np.abs(across)) < 2.5 / side  # edges of things, and JPEG's blocks
    blocks = (np.abs(down * BLOCKS % 1 - 0.5) > 0.5 - 0.1) & (np.abs(across * BLOCKS % 1 - 0.5) > 0.5 - 0.1)
    return rings, (frequency > LOWEST) & (frequency < 0.48) & ~straight & ~blocks
