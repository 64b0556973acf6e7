"""The four nets of the lab. Each takes pictures (n, 1 or 3, 48, 48) of 0 to 1 and answers (n, outputs).

Outputs are logits in the order of EMOTIONS; `best` has seven for FER2013's label and seven for the jurors, `affect`
has valence and arousal.
"""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

SIDE = 48


def _conv(before: int, after: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU()]


class Gray(nn.Module):
    """Colour pictures that reach a net for grey ones lose their colour here."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x.mean(1, keepdim=True) - 0.5) * 4


class PlainCnn(nn.Sequential):
    """As its authors drew it: three pairs of convolutions, the third pair one wider, and two linear layers."""

    def __init__(self, classes: int = 7, hidden: int = 256) -> None:
        super().__init__(
            Gray(),
            *_conv(1, 16), *_conv(16, 16), nn.MaxPool2d(2),
            *_conv(16, 32), *_conv(32, 32), nn.MaxPool2d(2),
            *_conv(32, 64), nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.5), nn.Linear(64 * 6 * 6, hidden), nn.BatchNorm1d(hidden), nn.ReLU(),
            nn.Dropout(0.5), nn.Linear(hidden, classes),
        )  # fmt: skip


class RegularCnn(nn.Sequential):
    """Six classes; dropout after every stage. L2, early stopping and the falling rate are the training's."""

    def __init__(self, classes: int = 6, hidden: int = 128) -> None:
        super().__init__(
            Gray(),
            *_conv(1, 32), nn.MaxPool2d(2), nn.Dropout2d(0.1),
            *_conv(32, 64), nn.MaxPool2d(2), nn.Dropout2d(0.15),
            *_conv(64, 128), nn.MaxPool2d(2), nn.Dropout2d(0.2),
            *_conv(128, 128), nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.4), nn.Linear(128 * 3 * 3, hidden), nn.BatchNorm1d(hidden), nn.ReLU(),
            nn.Dropout(0.4), nn.Linear(hidden, classes),
        )  # fmt: skip


def tower(outputs: int) -> nn.Module:
    from scoring.torchvision_ops import ensure_torchvision_ops

    ensure_torchvision_ops()
    from scoring.tower import Tower

    return Tower(outputs)


class OnTower(nn.Module):
    """The small CLIP's image tower with another head."""

    def __init__(self, head: Callable[[int], nn.Module]) -> None:
        super().__init__()
        self.tower = tower(1)
        self.tower.head = nn.Identity()
        self.head = head(self.tower.num_features)

    def begin_from(self, tower: dict[str, torch.Tensor]) -> None:
        kept = {name: value for name, value in tower.items() if not name.startswith("head.")}
        self.tower.load_state_dict(kept)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.tower(x.expand(-1, 3, -1, -1)))


class Both(nn.Module):
    """FER2013's label and the jurors disagree on four pictures of ten, so each has its own way out of the features."""

    def __init__(self, features: int, hidden: int = 64) -> None:
        super().__init__()
        self.label = nn.Sequential(nn.Dropout(0.3), nn.Linear(features, hidden), nn.GELU(), nn.Linear(hidden, 7))
        self.jury = nn.Sequential(nn.Dropout(0.2), nn.Linear(features, 7))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.label(x), self.jury(x)], 1)


def _axes(features: int) -> nn.Module:
    return nn.Sequential(nn.Dropout(0.2), nn.Linear(features, 32), nn.GELU(), nn.Linear(32, 2), nn.Tanh())


BUILDERS: dict[str, Callable[[], nn.Module]] = {
    "cnn": PlainCnn,
    "cnn6": RegularCnn,
    "best": lambda: OnTower(Both),
    "affect": lambda: OnTower(_axes),
}


def build(name: str) -> nn.Module:
    return BUILDERS[name]()


def folded(net: nn.Module) -> nn.Module:
    """The same answers in less time: every batch norm right behind its convolution becomes part of it."""
    net.eval()
    for module in list(net.modules()):
        children = list(module._modules.items())
        for (conv_name, conv), (norm_name, norm) in pairwise(children):
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                module._modules[conv_name] = fuse_conv_bn_eval(conv, norm)
                module._modules[norm_name] = nn.Identity()
    return net
