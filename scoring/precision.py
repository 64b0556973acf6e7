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
    tower is widened for the time of its turn, which costs some hundredths of the look; to fp32 and back is exact.
    """
    import torch

    lists = [module for module in tower.modules() if isinstance(module, torch.nn.ModuleList)]
    blocks = max(lists, key=_size, default=torch.nn.ModuleList())
    _widen_outside(tower, {id(block) for block in blocks})
    room: dict[Any, torch.Tensor] = {}
    for block in blocks:
        _Widened(block, room)


class _Widened:
    """A block's weights, now at rest and now at work. All blocks work in the same room, one after another: to ask the
    system for memory at every turn leaves holes as large as the tower.
    """

    def __init__(self, block: "torch.nn.Module", room: "dict[Any, torch.Tensor]") -> None:
        self.rest: dict[str, torch.Tensor] = {}
        self.room = room
        block.register_forward_pre_hook(self.widen)
        block.register_forward_hook(self.narrow, always_call=True)

    def widen(self, block: "torch.nn.Module", _: Any) -> None:
        import torch

        for name, weight in block.named_parameters():
            self.rest[name] = weight.data
            place = (name, weight.shape)
            if place not in self.room:
                self.room[place] = torch.empty(weight.shape, dtype=torch.float32)
            weight.data = self.room[place].copy_(weight.data)

    def narrow(self, block: "torch.nn.Module", _: Any, __: Any) -> None:
        for name, weight in block.named_parameters():
            weight.data = self.rest.pop(name)


def _size(module: "torch.nn.Module") -> int:
    return sum(p.numel() for p in module.parameters())


def _widen_outside(module: "torch.nn.Module", blocks: set[int]) -> None:
    for own in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
        if own.is_floating_point():
            own.data = own.data.float()
    for child in module.children():
        if id(child) not in blocks:
            _widen_outside(child, blocks)
