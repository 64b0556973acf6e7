"""Non-maximum suppression where torchvision's own does not load."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import torchvision_ops
from scoring.torchvision_ops import best_boxes, ensure_torchvision_ops

ROOT = Path(__file__).resolve().parents[2]
THRESHOLDS = (0.0, 0.3, 0.5, 0.7, 1.0)
edges = st.integers(0, 30)
boxes_and_scores = st.lists(
    st.tuples(edges, edges, st.integers(1, 20), st.integers(1, 20), st.integers(0, 8)), max_size=25
)


def arrays(rows: list[tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(rows, np.float32).reshape(-1, 5)
    return np.column_stack([table[:, :2], table[:, :2] + table[:, 2:4]]), table[:, 4] / 8


def overlap(one: np.ndarray, other: np.ndarray, of_smaller: bool) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0.0) * max(height, 0.0)
    first, second = ((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return float(shared / (min(first, second) if of_smaller else first + second - shared))


def picked_by_hand(boxes: np.ndarray, scores: np.ndarray, threshold: float, of_smaller: bool) -> list[int]:
    kept: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(overlap(boxes[index], boxes[other], of_smaller) <= threshold + 1e-6 for other in kept):
            kept.append(index)
    return kept


@given(rows=boxes_and_scores, threshold=st.sampled_from(THRESHOLDS), of_smaller=st.booleans())
def test_the_boxes_kept_are_those_that_brute_force_keeps(rows: list, threshold: float, of_smaller: bool) -> None:
    boxes, scores = arrays(rows)
    kept = best_boxes(boxes, scores, threshold + 1e-6, of_smaller)
    assert kept.tolist() == picked_by_hand(boxes, scores, threshold, of_smaller)


@given(rows=boxes_and_scores, threshold=st.sampled_from(THRESHOLDS))
def test_torchvision_itself_keeps_the_same_boxes(rows: list, threshold: float) -> None:
    ensure_torchvision_ops()
    import torch
    import torchvision

    boxes, scores = arrays(rows)
    scores += np.arange(len(scores), dtype=np.float32) / 1000  # torchvision promises no order among equals
    kept = torchvision.ops.nms(torch.from_numpy(boxes), torch.from_numpy(scores), threshold + 1e-6)
    assert kept.dtype == torch.int64
    assert kept.tolist() == picked_by_hand(boxes, scores, threshold, of_smaller=False)


def test_boxes_of_different_groups_never_suppress_each_other() -> None:
    ensure_torchvision_ops()
    import torch
    import torchvision

    boxes, scores = torch.tensor([[0.0, 0.0, 10.0, 10.0]] * 3, requires_grad=True), torch.tensor([0.3, 0.9, 0.5])
    kept = torchvision.ops.batched_nms(boxes, scores, torch.tensor([0, 1, 0]), 0.5)
    assert kept.tolist() == [1, 2]


def test_asking_again_changes_nothing() -> None:
    first = torchvision_ops._define_where_missing()
    ensure_torchvision_ops()
    assert torchvision_ops._define_where_missing() is first


def test_nothing_is_defined_where_the_real_operators_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision_ops, "_real_ops_load", lambda: True)
    assert torchvision_ops._define_where_missing.__wrapped__() is None


@pytest.mark.slow
def test_a_fresh_process_of_many_threads_can_import_and_use_torchvision() -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
from scoring.torchvision_ops import ensure_torchvision_ops
with ThreadPoolExecutor(4) as pool:
    list(pool.map(lambda _: ensure_torchvision_ops(), range(8)))
import torch, torchvision, facenet_pytorch
print(torchvision.ops.nms(torch.tensor([[0., 0, 9, 9], [0, 0, 9, 8]]), torch.tensor([.1, .2]), .5).tolist())
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("[1]\n", 0), done.stderr
