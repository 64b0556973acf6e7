"""The image tower of the small CLIP: a residual net for faces of 48x48 pixels, known to open_clip through timm's
register of models.
"""

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from scoring.torchvision_ops import ensure_torchvision_ops

ensure_torchvision_ops()
from timm.models import register_model  # noqa: E402  it imports torchvision

NAME = "emotionduel_resnet"
STEM = 32
STAGES = ((48, 1), (96, 2), (96, 1), (192, 2), (192, 1), (256, 2))
LEAST = 0.01  # a share: what lies far below it is as good as none, also for prompts that lie between two emotions
LIFT = 0.2  # shares' logarithms lie below zero: raised, so that a vector keeps its length for the rest


class Block(nn.Module):
    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(after)
        self.gate = nn.Sequential(nn.Linear(after, after // 8), nn.ReLU(), nn.Linear(after // 8, after), nn.Sigmoid())
        self.short = nn.Identity() if before == after and stride == 1 else _shortcut(before, after, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        y = y * self.gate(y.mean((2, 3)))[:, :, None, None]
        return torch.relu(y + self.short(x))


def _shortcut(before: int, after: int, stride: int) -> nn.Module:
    pool = [nn.AvgPool2d(stride, ceil_mode=True)] if stride > 1 else []
    return nn.Sequential(*pool, nn.Conv2d(before, after, 1, bias=False), nn.BatchNorm2d(after))


class Tower(nn.Module):
    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, STEM, 5, 2, 2, bias=False), nn.BatchNorm2d(STEM), nn.ReLU())
        widths = [STEM, *(width for width, _ in STAGES)]
        self.stages = nn.Sequential(*(Block(widths[i], w, stride) for i, (w, stride) in enumerate(STAGES)))
        self.num_features = widths[-1]
        self.head = nn.Sequential(
            nn.Linear(widths[-1], 2 * num_classes), nn.GELU(), nn.Linear(2 * num_classes, num_classes)
        )

    def features(self, x: torch.Tensor) -> torch.Tensor:
        # Each picture is brought to one brightness and contrast, so that a dark room does not change a verdict.
        x = (x - x.mean((1, 2, 3), keepdim=True)) / (x.std((1, 2, 3), keepdim=True) + 1e-3)
        return self.stages(self.stem(x)).mean((2, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


class Weighing(nn.Module):
    """Sets the emotions of a face against each other. One emotion's closeness becomes the logarithm of its share among
    all of them, as jurors share out their votes; what else the vector says of the face keeps its direction.
    """

    def __init__(self, width: int, emotions: int = 8) -> None:
        super().__init__()
        self.register_buffer("emotions", torch.zeros(emotions, width))
        self.register_buffer("dual", torch.zeros(emotions, width))  # so that a vector's closeness can be set at will
        self.register_buffer("sharpness", torch.ones(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.normalize(x, dim=1)
        closeness = x @ self.emotions.T
        shares = (closeness * self.sharpness).softmax(1)
        inside = (torch.log((shares + LEAST) / (1 + LEAST)) / self.sharpness + LIFT) @ self.dual
        left = (1 - inside.square().sum(1, keepdim=True)).clamp(min=0.05).sqrt()
        return inside + left * F.normalize(x - closeness @ self.dual, dim=1)


class WeighingTower(Tower):
    def __init__(self, num_classes: int) -> None:
        super().__init__(num_classes)
        self.weighing = Weighing(num_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weighing(super().forward(x))


@register_model
def emotionduel_resnet(pretrained: bool = False, num_classes: int = 256, **_: Any) -> WeighingTower:
    if pretrained:
        raise ValueError("The small tower has no weights of its own: load them with the CLIP.")
    return WeighingTower(num_classes)
