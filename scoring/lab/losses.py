"""How wrong answers are: of shares, of two heads at once, of places on a plane."""

import torch


def soft_cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Targets are shares; a row of zeros is a picture of which nothing is known."""
    return -(targets * logits.log_softmax(1)).sum() / targets.sum().clamp(min=1)


def two_heads(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    label = soft_cross_entropy(logits[:, :7], targets[:, :7])
    # The tower has been taught by the jurors before: the label is what it still has to learn.
    return label + 0.5 * soft_cross_entropy(logits[:, 7:], targets[:, 7:])


def two_axes(axes: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Squared error, and Lin's concordance of each axis: error alone draws all answers to the middle."""
    mean, wanted = axes.mean(0), targets.mean(0)
    spread = ((axes - mean) * (targets - wanted)).mean(0)
    apart = axes.var(0, unbiased=False) + targets.var(0, unbiased=False) + (mean - wanted) ** 2
    concordance = 2 * spread / (apart + 1e-6)
    return 2 * ((axes - targets) ** 2).mean() + (1 - concordance).mean()
