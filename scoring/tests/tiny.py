"""The smallest CLIP that open_clip can make, with a checkpoint that a test writes: what any model must do, this one
does in milliseconds.
"""

import json
from pathlib import Path
from typing import Any

import torch

from scoring.clip import register_shipped

NAME = "tiny-clip"
SIDE = 32
CONFIG: dict[str, Any] = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": SIDE, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 8, "heads": 2, "layers": 1},
}


def registered(folder: Path) -> str:
    """Its name, after open_clip has been told of it."""
    register_shipped()
    import open_clip

    (folder / f"{NAME}.json").write_text(json.dumps(CONFIG))
    open_clip.add_model_config(folder / f"{NAME}.json")
    return NAME


def built(seed: int = 0, name: str = NAME) -> Any:
    """open_clip's own model, with random weights."""
    import open_clip

    torch.manual_seed(seed)
    return open_clip.create_model(name, pretrained=None).eval()


def written(path: Path, seed: int = 0, prefix: str = "") -> Path:
    from safetensors.torch import save_file

    state = {prefix + name: value.contiguous() for name, value in built(seed).state_dict().items()}
    if path.suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save({"state_dict": state, "epoch": 3}, path)
    return path
