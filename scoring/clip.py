"""CLIP models: the towers of what ships, and of any open_clip checkpoint.

The judge's process holds the image tower alone. It is built without memory (torch's meta device) and given the
checkpoint's tensors one by one, so that the text tower of a big model is never read and nothing is ever left at random
numbers.
"""

import pickle
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import is_zipfile

import numpy as np
from PIL import Image

from scoring.photos import as_rgb
from scoring.torchvision_ops import ensure_torchvision_ops, without_compiler

if TYPE_CHECKING:
    import torch

WEIGHTS = Path(__file__).parent / "weights"
SHIPPED = "EmotionDuel-S"
BIG = "ViT-H-14"
HUB = "hf-hub:"
BATCH = 32
# How many times larger a face is for its closer look; what then hangs over the edges is left out.
CLOSER = 1.1
# What people's training scripts put before the names of open_clip's own parameters, and around the whole.
PREFIXES = ("_orig_mod.", "module.", "model.", "clip.")
WRAPPERS = ("state_dict", "model_state_dict", "model")
# Tensors read from one opening of a checkpoint: what is mapped counts as ours until the file is closed.
READ_AT_ONCE = 24
# The other tower, as small as open_clip can make it.
NO_IMAGE = {"image_size": 1, "patch_size": 1, "width": 1, "head_width": 1, "layers": 1}
NO_TEXT = {"context_length": 1, "vocab_size": 1, "width": 1, "heads": 1, "layers": 1}
TEXT = "text tower"
# How a tensor's shape is read, and the tensor itself: a judge needs the shapes alone of what it leaves to others.
View = tuple[Callable[[], tuple[int, ...]], Callable[[], "torch.Tensor"]]


class ModelError(Exception):
    """The model or its weights cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Source:
    """A model: its open_clip configuration, the file with its weights, and how pixels are brought to its range."""

    name: str
    config: dict[str, Any]
    checkpoint: Path
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)

    @property
    def image_side(self) -> int:
        side = self.config["vision_cfg"].get("image_size", 224)
        return int(side if isinstance(side, int) else side[0])


def register_shipped() -> None:
    """Makes the small model known to open_clip: its configuration, and its image tower by name."""
    ensure_torchvision_ops()
    with without_compiler(), _hidden("transformers"):
        import open_clip

    import scoring.tower  # noqa: F401  it registers itself with timm

    if open_clip.get_model_config(SHIPPED) is None:
        open_clip.add_model_config(WEIGHTS / f"{SHIPPED}.json")


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """open_clip loads transformers where it is installed: a second at every start, for text towers of other makers."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # so says Python that it is not there
    try:
        yield
    finally:
        sys.modules.pop(module, None)


def load_visual(source: Source, dtype: "torch.dtype", device: str) -> "torch.nn.Module":
    """The image tower alone, every weight from the checkpoint."""
    import torch

    with torch.device("meta"), without_compiler():
        visual = image_tower(source)
    _fill(visual, source, "visual.", "image tower", dtype)
    _compute_buffers(visual, lambda: image_tower(source))
    visual = visual.to(device=device, dtype=dtype, memory_format=torch.channels_last)
    return visual.eval().requires_grad_(False)


def load_text(source: Source) -> "torch.nn.Module":
    """A model that can embed prompts, and nothing else."""
    import torch

    model = text_alone(source)
    _fill(model, source, "", TEXT, torch.float32)
    _set_causal_mask(model)
    _compute_buffers(model, lambda: _text_model(source))
    return model.eval().requires_grad_(False)


def check_text(source: Source) -> None:
    """That the text tower's weights are there, without reading them: the judge's start is to fail, no first prompt."""
    if source.config["text_cfg"].get("hf_model_name"):
        return  # to know its weights takes transformers, which the judge's process does without
    needed = _Needed(text_alone(source), source, "", TEXT)
    with _read_from(source.checkpoint):
        found = {name: shape() for name, (shape, _) in _views(source.checkpoint).items() if name in needed.aliases}
    needed.all_among({needed.named(theirs, shape) for theirs, shape in found.items()})


def text_alone(source: Source) -> Any:
    """All that embeds prompts, still without memory."""
    import torch

    with torch.device("meta"), without_compiler():
        model = _text_model(source)
    model.visual = torch.nn.Identity()
    model.logit_scale = model.logit_bias = None  # they scale cosines in training; no vector depends on them
    return model


def image_tower(source: Source) -> Any:
    from open_clip import CLIP

    vision = source.config["vision_cfg"] | {"timm_model_pretrained": False, "output_tokens": False}
    return CLIP(source.config["embed_dim"], vision, NO_TEXT, quick_gelu=source.config.get("quick_gelu", False)).visual


def _text_model(source: Source) -> Any:
    from open_clip import CLIP, CustomTextCLIP

    text = source.config["text_cfg"] | {"hf_model_pretrained": False, "output_tokens": False}
    kind = CustomTextCLIP if source.config.get("custom_text") or text.get("hf_model_name") else CLIP
    return kind(source.config["embed_dim"], NO_IMAGE, text, quick_gelu=source.config.get("quick_gelu", False))


def _fill(module: "torch.nn.Module", source: Source, prefix: str, what: str, dtype: "torch.dtype") -> None:
    """Every value of the module's state from the checkpoint, or an error."""
    needed = _Needed(module, source, prefix, what)
    found: dict[str, torch.Tensor] = {}
    for theirs, tensor in read_tensors(source.checkpoint, needed.aliases.__contains__):
        name = needed.named(theirs, tuple(tensor.shape))
        # A copy: what it was read from is closed before the next ones are.
        found[name] = tensor.to(dtype if tensor.is_floating_point() else tensor.dtype, copy=True)
    needed.all_among(found)
    module.load_state_dict({name.removeprefix(prefix): value for name, value in found.items()}, assign=True)


class _Needed:
    """The weights that a module needs of a checkpoint, where each may have the names that open_clip has given it."""

    def __init__(self, module: "torch.nn.Module", source: Source, prefix: str, what: str) -> None:
        self.shapes = {prefix + name: tuple(value.shape) for name, value in module.state_dict().items()}
        self.aliases = {name.removeprefix("text."): name for name in self.shapes} | {name: name for name in self.shapes}
        self.source, self.what = source, what

    def named(self, theirs: str, shape: tuple[int, ...]) -> str:
        """Our name for it, if it has the right shape."""
        name = self.aliases[theirs]
        if shape != self.shapes[name]:
            raise ModelError(
                f"{self.source.checkpoint.name}: {theirs} has the shape {shape}, {self.source.name} needs "
                f"{self.shapes[name]}: the weights belong to another model."
            )
        return name

    def all_among(self, found: Collection[str]) -> None:
        if missing := [name for name in self.shapes if name not in found]:
            raise ModelError(
                f"{self.source.checkpoint.name} lacks {len(missing)} of {len(self.shapes)} weights of "
                f"{self.source.name}'s {self.what} (the first: {missing[0]}): it belongs to another model."
            )


def _set_causal_mask(model: Any) -> None:
    """No checkpoint holds it, and to build a big tower a second time for it would cost seconds."""
    import torch

    owner = getattr(model, "text", model)
    if getattr(owner, "attn_mask", None) is not None:
        owner.attn_mask = torch.full(owner.attn_mask.shape, float("-inf")).triu_(1)


def _compute_buffers(module: "torch.nn.Module", build: Callable[[], Any]) -> None:
    """Those that no checkpoint holds, such as the places of patches: taken from the same module built in earnest."""
    lacking = [name for name, buffer in module.named_buffers() if buffer.is_meta]
    computed = dict(build().named_buffers()) if lacking else {}
    for name in lacking:
        owner, _, last = name.rpartition(".")
        setattr(module.get_submodule(owner), last, computed[name])


def read_tensors(checkpoint: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, "torch.Tensor"]]:
    """The checkpoint's tensors under open_clip's names. Each lies in the file: whoever keeps one copies it."""
    with _read_from(checkpoint):
        names = [name for name in _views(checkpoint) if wanted(name)]
        for begin in range(0, len(names), READ_AT_ONCE):
            views = _views(checkpoint)
            for name in names[begin : begin + READ_AT_ONCE]:
                _, tensor = views[name]
                yield name, tensor()


@contextmanager
def _read_from(checkpoint: Path) -> Iterator[None]:
    try:
        yield
    except _unreadable() as error:
        message = f"{checkpoint.name} is not a file of weights that can be read: {str(error)[:200]}"
        raise ModelError(message) from error


def _unreadable() -> tuple[type[Exception], ...]:
    """What a damaged file, or one of another kind, makes its readers say."""
    from safetensors import SafetensorError

    kinds = (AttributeError, EOFError, LookupError, OSError, RuntimeError, TypeError, ValueError)
    return (SafetensorError, pickle.UnpicklingError, *kinds)


def _views(checkpoint: Path) -> "dict[str, View]":
    import torch
    from safetensors import safe_open

    if checkpoint.suffix == ".safetensors":
        file = safe_open(checkpoint, framework="pt")
        names: list[str] = file.keys()  # type: ignore[no-untyped-call]
        return {_plain(name): (partial(_shape_in, file, name), partial(file.get_tensor, name)) for name in names}
    held = torch.load(checkpoint, map_location="cpu", weights_only=True, mmap=is_zipfile(checkpoint))
    for wrapper in WRAPPERS:
        held = held[wrapper] if isinstance(held.get(wrapper), dict) else held
    tensors = {_plain(name): value for name, value in held.items() if isinstance(value, torch.Tensor)}
    return {name: (partial(tuple, value.shape), value.detach) for name, value in tensors.items()}


def _shape_in(file: Any, name: str) -> tuple[int, ...]:
    return tuple(file.get_slice(name).get_shape())


def _plain(name: str) -> str:
    while prefix := next((each for each in PREFIXES if name.startswith(each)), None):
        name = name.removeprefix(prefix)
    return name


def embed_images(tower: "torch.nn.Module", images: list[Image.Image], source: Source, dtype: Any, device: str) -> Any:
    """Unit rows, each the middle of what the tower says to every look at that face."""
    import torch
    from torch.nn.functional import normalize

    looks = _looks(images, source)
    batch = torch.cat(looks).to(device, dtype, memory_format=torch.channels_last)
    said = normalize(tower(batch).float(), dim=1)
    return normalize(sum(said.chunk(len(looks))), dim=1)


def _looks(images: list[Image.Image], source: Source) -> list["torch.Tensor"]:
    """The small tower is quick: it sees a face as it is and closer, each mirrored too, so that no verdict changes when
    a picture is mirrored. One look of a big tower costs a second on a CPU.
    """
    side = source.image_side
    whole = prepare(images, side, source.mean, source.std)
    if source.name != SHIPPED:
        return [whole]
    larger = prepare(images, round(side * CLOSER), source.mean, source.std)
    top = (larger.shape[2] - side) // 2
    # An odd margin has no middle: the look and its mirror image lie half a pixel to either side of it.
    left, right = top, larger.shape[3] - side - top
    closer, other = (larger[..., top : top + side, x : x + side] for x in (right, left))
    return [whole, whole.flip(3), closer, other.flip(3)]


def prepare(images: list[Image.Image], side: int, mean: tuple[float, ...], std: tuple[float, ...]) -> "torch.Tensor":
    """Face crops of any size and colour as the image tower takes them."""
    import torch

    pixels = [np.asarray(as_rgb(image).resize((side, side), _filter(image, side)), np.float32) for image in images]
    batch = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2) / 255
    return (batch - torch.tensor(mean).view(1, 3, 1, 1)) / torch.tensor(std).view(1, 3, 1, 1)


def _filter(image: Image.Image, side: int) -> Image.Resampling:
    return Image.Resampling.BICUBIC if side > 100 and max(image.size) < side else Image.Resampling.BILINEAR
