"""What every training's steps have in common: rates that are a share of the full one, and a net's smoothed copy."""

from collections.abc import Iterable

import torch

Weights = dict[str, torch.Tensor]
Movers = Iterable[torch.optim.Optimizer]


def keep_full_rates(movers: Movers) -> None:
    for mover in movers:
        for group in mover.param_groups:
            group["full_lr"] = group["lr"]


def set_pace(movers: Movers, pace: float) -> None:
    for mover in movers:
        for group in mover.param_groups:
            group["lr"] = group["full_lr"] * pace


@torch.no_grad()
def blend(averaged: Weights, new: Weights, keep: float) -> None:
    """Moves the average towards the new weights. Counters are no weights: they are taken over."""
    for name, value in new.items():
        if value.dtype.is_floating_point:
            averaged[name].lerp_(value, 1 - keep)
        else:
            averaged[name].copy_(value)
