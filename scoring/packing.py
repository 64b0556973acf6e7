"""Files of weights, kept small: big matrices in 8 or 16 bits, everything else as it is."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

BIG = 4096
SCALE = ".scale"


class WeightsError(Exception):
    """Weights are missing or cannot be used; the message says what to do."""


def write_weights(state: "dict[str, torch.Tensor]", path: Path, about: dict[str, str], bits: int = 16) -> None:
    """With 8 bits every output channel has a scale of its own, which costs no measurable accuracy."""
    from safetensors.torch import save_file

    packed: dict[str, torch.Tensor] = {}
    for name, value in state.items():
        small = value.ndim < 2 or value.numel() < BIG
        packed |= {name: value.contiguous()} if small else _packed(name, value, bits)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    save_file(packed, beside, metadata=about)
    beside.chmod(0o644)  # it is written for its owner alone
    beside.replace(path)


def _packed(name: str, value: "torch.Tensor", bits: int) -> "dict[str, torch.Tensor]":
    if bits == 16:
        return {name: value.half().contiguous()}
    scale = value.flatten(1).abs().amax(1).clamp(min=1e-12) / 127
    column = scale.view(-1, *[1] * (value.ndim - 1))
    return {name: (value / column).round().char().contiguous(), name + SCALE: scale}


def read_weights(path: Path) -> "tuple[dict[str, torch.Tensor], dict[str, str]]":
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            packed = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  it is no dict
            about = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} is not a file of weights that can be read: {error}") from error
    return {name: _unpacked(packed, name) for name in packed if not name.endswith(SCALE)}, about


def _unpacked(packed: "dict[str, torch.Tensor]", name: str) -> "torch.Tensor":
    value = packed[name]
    if name + SCALE in packed:
        return value.float() * packed[name + SCALE].view(-1, *[1] * (value.ndim - 1))
    return value.float() if value.is_floating_point() else value
