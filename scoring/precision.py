"""In which numbers a tower rests in memory, and in which it works."""

from typing import TYPE_CHECKING, Any

from scoring.clip import SHIPPED, ModelError, Source

if TYPE_CHECKING:
    import torch

BF16_INSTRUCTIONS = ("avx512_bf16", "amx_bf16", "bf16")
# bf16 weights of a processor that cannot work in bf16: half the memory, fp32's speed.
RESTING = "bf16, worked in fp32"


def precision_for(asked: str | None, source: Source, device: str) -> str:
    """What was asked, else what suits: halves for a big tower."""
    usual = "fp16" if device.startswith("cuda") else "bf16"
    precision = asked or ("fp32" if source.name == SHIPPED else usual)
    if precision not in ("fp32", "bf16", "fp16"):
        raise ModelError(f"{precision}: no such precision. Choose one of fp32, bf16, fp16.")
    return RESTING if precision == "bf16" and device.startswith("cpu") and not _has_bf16() else precision


def resting(precision: str) -> "torch.dtype":
    import torch

    return {"fp32": torch.float32, "fp16": torch.float16}.get(precision, torch.bfloat16)


def working(precision: str) -> "torch.dtype":
    import torch

    return torch.float32 if precision == RESTING else resting(precision)


def _has_bf16() -> bool:
    import torch

    found = torch.cpu.get_capabilities()
    return any(found.get(name) for name in BF16_INSTRUCTIONS)


def work_in_fp32(tower: "torch.nn.Module") -> None:
    """torch imitates bf16 where the processor lacks it, and is seven times slower than in fp32. So each block of the
    tower is widened for the time of its turn, which costs some hundredths of the look; bf16 in fp32 and back is exact.
    """
    import torch

    lists = [module for module in tower.modules() if isinstance(module, torch.nn.ModuleList)]
    blocks = max(lists, key=_size, default=torch.nn.ModuleList())
    inside = {id(block) for block in blocks}
    _widen_outside(tower, inside)
    for block in blocks:
        block.register_forward_pre_hook(_widen)
        block.register_forward_hook(_narrow)


def _size(module: "torch.nn.Module") -> int:
    return sum(p.numel() for p in module.parameters())


def _widen_outside(module: "torch.nn.Module", blocks: set[int]) -> None:
    for own in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
        if own.is_floating_point():
            own.data = own.data.float()
    for child in module.children():
        if id(child) not in blocks:
            _widen_outside(child, blocks)


def _widen(block: "torch.nn.Module", _: Any) -> None:
    block.float()


def _narrow(block: "torch.nn.Module", _: Any, __: Any) -> None:
    block.bfloat16()
