"""Batches for the image tower: every face turned, shifted, lit and blurred a little differently each time it is
seen.
"""

import numpy as np
import torch
from torch.nn import functional as F

from scoring.lab.data import Faces


def upright(faces: Faces, rows: np.ndarray, side: int) -> torch.Tensor:
    """The pictures as they are, brought to one size: what measuring uses."""
    x = torch.from_numpy(faces.pixels[rows]).permute(0, 3, 1, 2).float() / 255
    x = F.interpolate(x, (side, side), mode="bilinear", antialias=True, align_corners=False)
    return x.expand(-1, 3, -1, -1).contiguous()


def varied(faces: Faces, rows: np.ndarray, side: int, rng: torch.Generator) -> torch.Tensor:
    x = torch.from_numpy(faces.pixels[rows]).permute(0, 3, 1, 2).float() / 255
    n = len(x)
    if faces.mask is None:
        x = _moved(x, side, rng, zoom=(0.88, 1.12)).expand(-1, 3, -1, -1)
        x = x * _tint(n, rng)
    else:
        alpha = torch.from_numpy(faces.mask[rows])[:, None].float() / 255
        # These faces fill their frame; a detector's crop has room around the face, hence the wider zoom.
        moved = _moved(torch.cat([x, alpha], 1), side, rng, zoom=(0.95, 1.4), pad="zeros")
        x, alpha = moved[:, :3], moved[:, 3:].clamp(0, 1)
        cut_out = torch.rand(n, 1, 1, 1, generator=rng) < 0.35
        x = torch.where(cut_out, x, x * alpha + _background(n, side, rng) * (1 - alpha))
        gray = torch.rand(n, 1, 1, 1, generator=rng) < 0.3
        x = torch.where(gray, x.mean(1, keepdim=True).expand_as(x), x)
    return _erased(_blurred(_lit(x, rng), rng), rng)


def _uniform(n: int, low: float, high: float, rng: torch.Generator) -> torch.Tensor:
    return low + (high - low) * torch.rand(n, generator=rng)


def _moved(
    x: torch.Tensor, side: int, rng: torch.Generator, zoom: tuple[float, float], pad: str = "border"
) -> torch.Tensor:
    n = len(x)
    angle = torch.randn(n, generator=rng).clamp(-2.5, 2.5) * 0.14
    scale = _uniform(n, *zoom, rng)
    stretch = _uniform(n, 0.93, 1.07, rng)
    mirror = torch.where(torch.rand(n, generator=rng) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    shift = torch.randn(2, n, generator=rng).clamp(-2, 2) * 0.07
    rows = [cos * mirror * stretch, -sin * stretch, shift[0], sin * mirror, cos, shift[1]]
    grid = F.affine_grid(torch.stack(rows, 1).view(n, 2, 3), [n, x.shape[1], side, side], align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode=pad, align_corners=False)


def _background(n: int, side: int, rng: torch.Generator) -> torch.Tensor:
    """Soft clouds of colour, some with detail, so that no plain black tells a photo from a cut-out."""
    base = torch.rand(n, 3, 1, 1, generator=rng)
    coarse = torch.rand(n, 3, 3, 3, generator=rng) - 0.5
    fine = torch.rand(n, 1, side // 4, side // 4, generator=rng) - 0.5
    strength = torch.rand(2, n, 1, 1, 1, generator=rng)
    size = (side, side)
    clouds = F.interpolate(coarse, size, mode="bicubic", align_corners=False) * strength[0]
    detail = F.interpolate(fine, size, mode="bilinear", align_corners=False) * strength[1] * 0.4
    return (base + clouds + detail).clamp(0, 1)


def _tint(n: int, rng: torch.Generator) -> torch.Tensor:
    """Half of the grey faces get a skin-like colour cast: votes exist for grey faces only, photos come in colour."""
    warm = torch.tensor([1.1, 0.95, 0.85]) + 0.12 * torch.randn(n, 3, generator=rng)
    tinted = torch.rand(n, 1, generator=rng) < 0.5
    return torch.where(tinted, warm, torch.ones(n, 3))[:, :, None, None]


def _lit(x: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    n = len(x)
    gamma = torch.exp(torch.randn(n, generator=rng) * 0.25).view(-1, 1, 1, 1)
    gain = _uniform(n, 0.6, 1.3, rng).view(-1, 1, 1, 1)
    x = (x.clamp(1e-3, 1) ** gamma * gain).clamp(0, 1)
    ramp = torch.linspace(-1, 1, x.shape[-1])
    side_light = torch.randn(n, 2, 1, 1, generator=rng) * 0.1
    return (
        x * (1 + side_light[:, :1] * ramp[None, None, None, :] + side_light[:, 1:] * ramp[None, None, :, None])
    ).clamp(0, 1)


def _blurred(x: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """A fifth of the pictures loses detail as a small or heavily compressed photo does."""
    chosen = torch.rand(len(x), generator=rng) < 0.2
    if not chosen.any():
        return x
    small = int(x.shape[-1] * (0.45 + 0.4 * torch.rand(1, generator=rng).item()))
    soft = F.interpolate(x[chosen], (small, small), mode="area")
    x = x.clone()
    x[chosen] = F.interpolate(soft, x.shape[-2:], mode="bilinear", align_corners=False)
    return x + 0.02 * torch.rand(1, generator=rng) * torch.randn(x.shape, generator=rng)


def _erased(x: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """A quarter of the pictures is partly covered: a hand, hair, a caption."""
    side = x.shape[-1]
    for i in torch.nonzero(torch.rand(len(x), generator=rng) < 0.25).flatten().tolist():
        height, width = (torch.rand(2, generator=rng) * 0.25 * side + 0.08 * side).long().tolist()
        top, left = (torch.rand(2, generator=rng) * (side - torch.tensor([height, width]))).long().tolist()
        x[i, :, top : top + height, left : left + width] = torch.rand(3, 1, 1, generator=rng)
    return x
