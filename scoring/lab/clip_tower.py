"""The small CLIP's image tower by itself, without open_clip: nets begin from it, the boosting looks through it."""

import json
from pathlib import Path
from typing import Any

import torch

from scoring.packing import WeightsError, read_weights

NAME = "EmotionDuel-S"
WEIGHTS = Path(__file__).parent.parent / "weights"
PREFIX = "visual.trunk."
LAST = "weighing."  # made for prompts: nets begin before it


def clip_weights() -> Path:
    return WEIGHTS / f"{NAME}.safetensors"


def image_side() -> int:
    return int(json.loads((WEIGHTS / f"{NAME}.json").read_text())["vision_cfg"]["image_size"])


def read_tower(path: Path) -> dict[str, torch.Tensor]:
    if not path.is_file():
        raise WeightsError(f"The small CLIP is missing: {path}. Train it first: python manage.py train clip --data DIR")
    tensors, _ = read_weights(path)
    trunk = {name.removeprefix(PREFIX): value for name, value in tensors.items() if name.startswith(PREFIX)}
    tower = {name: value for name, value in trunk.items() if not name.startswith(LAST)}
    if not tower:
        raise WeightsError(f"{path} holds no image tower of the small CLIP.")
    return tower


def open_tower(weights: dict[str, torch.Tensor]) -> Any:
    """Pictures (n, 3, side, side) of 0 to 1 in, vectors out."""
    from scoring.lab.nets import folded, tower

    try:
        net = tower(weights["head.2.weight"].shape[0])
        net.load_state_dict(weights)
    except (KeyError, RuntimeError) as error:
        raise WeightsError(f"These weights are of another image tower than the small CLIP's: {error}") from error
    return folded(net).requires_grad_(False)
