"""Small changes to faces, for a net that has seen them before: turned, shifted, lit and covered a little."""

import numpy as np
import torch
from torch.nn import functional as F

from scoring.lab.data import Faces

ANGLE, SHIFT, ZOOM = 0.1, 0.04, 0.08  # radians, parts of half a side, parts of one
COVERED = 0.25  # of the pictures


def light(faces: Faces, rows: np.ndarray, side: int, rng: torch.Generator) -> torch.Tensor:
    x = torch.from_numpy(faces.pixels[rows]).permute(0, 3, 1, 2).float() / 255
    return _covered(_moved(x, side, rng), rng).expand(-1, 3, -1, -1)


def _moved(x: torch.Tensor, side: int, rng: torch.Generator) -> torch.Tensor:
    n = len(x)
    angle = torch.randn(n, generator=rng).clamp(-2.5, 2.5) * ANGLE
    zoom = 1 + ZOOM * (2 * torch.rand(n, generator=rng) - 1)
    mirror = torch.where(torch.rand(n, generator=rng) < 0.5, -1.0, 1.0)
    shift = torch.randn(2, n, generator=rng).clamp(-2.5, 2.5) * SHIFT
    cos, sin = angle.cos() * zoom, angle.sin() * zoom
    rows = [cos * mirror, -sin, shift[0], sin * mirror, cos, shift[1]]
    grid = F.affine_grid(torch.stack(rows, 1).view(n, 2, 3), [n, x.shape[1], side, side], align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _covered(x: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """By a patch of the picture's own mean grey, a tenth to a third of its side."""
    n, side = len(x), x.shape[-1]
    size = (0.1 + 0.23 * torch.rand(2, n, 1, generator=rng)) * side
    begin = torch.rand(2, n, 1, generator=rng) * (side - size)
    spots = torch.arange(side)
    inside = (spots >= begin) & (spots < begin + size)
    chosen = torch.rand(n, 1, 1, generator=rng) < COVERED
    patch = (inside[0][:, :, None] & inside[1][:, None, :] & chosen)[:, None]
    return torch.where(patch, x.mean((2, 3), keepdim=True), x)
