"""Makes `import torchvision` work beside a CPU build of torch.

The wheel of torchvision that package registries carry is compiled against CUDA's torch. Beside a CPU build its library
of compiled operators does not load, and importing torchvision fails with "operator torchvision::nms does not exist".
Of those operators we need one, non-maximum suppression (MTCNN). So where they are missing, it is defined here.
Call `ensure_torchvision_ops()` before the first import of torchvision, open_clip, timm or facenet_pytorch.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

_lock = threading.Lock()


def ensure_torchvision_ops() -> None:
    with _lock:  # cache alone would let two threads define the operators twice
        _define_where_missing()


@cache
def _define_where_missing() -> "torch.library.Library | None":
    """The library of our definitions, which last as long as it does; None where torchvision's own work."""
    library = None if _real_ops_load() else _defined()
    with without_compiler():
        import torchvision.extension
    if library:
        torchvision.extension._has_ops = lambda: True  # asked at every call of nms
    return library


def _defined() -> "torch.library.Library":
    import torch

    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):  # torchvision registers both while it is imported
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.impl(name, nms, "CPU")
    return library


@contextmanager
def without_compiler() -> Iterator[None]:
    """torchvision and timm mark functions that we never call for torch's compiler, and torch itself asks it before it
    fills what has no memory yet: everybody waits two seconds for the compiler to be imported. In here a stand-in
    answers, "nothing is compiled"; whoever imports the compiler afterwards gets the real one.
    """
    names = ("torch._dynamo", "torch._dynamo.utils")
    if any(name in sys.modules for name in names):
        yield
        return
    dynamo, utils = (ModuleType(name) for name in names)
    dynamo.disable = lambda function=None, *_, **__: function  # type: ignore[attr-defined]
    utils.is_compile_supported = lambda _: False  # type: ignore[attr-defined]
    sys.modules |= dict(zip(names, (dynamo, utils), strict=True))
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]


def _real_ops_load() -> bool:
    import torch

    spec = find_spec("torchvision")
    if spec is None or spec.origin is None:
        return True  # nothing to mend
    for path in Path(spec.origin).parent.glob("_C*"):
        with suppress(OSError):
            torch.ops.load_library(path)
    return hasattr(torch.ops.torchvision, "nms")


def nms(boxes: "torch.Tensor", scores: "torch.Tensor", iou_threshold: float) -> "torch.Tensor":
    """Indices of the boxes that overlap no better one by more than the threshold, best first."""
    import torch

    return torch.from_numpy(best_boxes(boxes.detach().numpy(), scores.detach().numpy(), iou_threshold))


def best_boxes(boxes: np.ndarray, scores: np.ndarray, threshold: float, of_smaller: bool = False) -> np.ndarray:
    """Greedy suppression. The overlap counts as a share of the union, or of the smaller of the two boxes."""
    order = np.argsort(-scores, kind="stable")
    left, top, right, bottom = boxes[order].T
    area = (right - left) * (bottom - top)
    alive = np.ones(len(order), dtype=bool)
    for index in range(len(order)):
        if not alive[index]:
            continue
        rest = slice(index + 1, None)
        width = np.minimum(right[index], right[rest]) - np.maximum(left[index], left[rest])
        height = np.minimum(bottom[index], bottom[rest]) - np.maximum(top[index], top[rest])
        overlap = np.maximum(width, 0) * np.maximum(height, 0)
        whole = np.minimum(area[index], area[rest]) if of_smaller else area[index] + area[rest] - overlap
        alive[rest] &= overlap <= threshold * whole
    return order[alive]
