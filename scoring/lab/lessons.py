"""What each net is taught, and by which plan. Plans are sized for two cores."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from scoring.lab.data import Faces
from scoring.lab.losses import soft_cross_entropy, two_axes, two_heads
from scoring.lab.training import Plan
from scoring.readers import COORDINATES, SIX


def _labels(faces: Faces) -> torch.Tensor:
    known = torch.from_numpy(faces.label >= 0)
    one_hot = torch.eye(7)[torch.from_numpy(faces.label.astype(np.int64)).clamp(min=0)]
    return one_hot * known[:, None]


def _six_labels(faces: Faces) -> torch.Tensor:
    return _labels(faces)[:, list(SIX)]


@dataclass(frozen=True)
class Lesson:
    plan: Plan
    targets: Callable[[Faces], torch.Tensor]
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    main: str = "accuracy"
    on_tower: bool = False
    labels: Callable[[Faces], torch.Tensor] = _labels
    settles: Literal["", "held", "taught"] = ""  # at last, by which faces: see leaning.py
    taken: Callable[[Faces], Faces] = lambda faces: faces.take(faces.label >= 0)


def jury_shares(faces: Faces) -> np.ndarray:
    """(n, 7): votes over the seven, contempt left out; zeros where nobody voted for any of them."""
    votes = faces.votes[:, :7]
    total = votes.sum(1, keepdims=True)
    return (votes / np.maximum(total, 1e-6)).astype(np.float32)


def _both(faces: Faces) -> torch.Tensor:
    """The label's mass is spread as pictures with such votes are labelled: votes tell which errors are likely."""
    label, jury = _labels(faces), torch.from_numpy(jury_shares(faces))
    likely = _expected_labels(jury, label)
    return torch.cat([label * 0.7 + likely * (label.sum(1, keepdim=True) * 0.3), jury], 1)


def _expected_labels(jury: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """FER2013's label as far as the votes foretell it."""
    votes = torch.cat([jury, jury.sqrt()], 1)
    model = torch.nn.Linear(votes.shape[1], 7)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    mover = torch.optim.LBFGS(model.parameters(), max_iter=60)

    def closure() -> torch.Tensor:
        mover.zero_grad()
        loss = soft_cross_entropy(model(votes), label) + 1e-4 * model.weight.square().sum()
        loss.backward()
        return loss

    mover.step(closure)
    return model(votes).detach().softmax(1)


def _axes(faces: Faces) -> torch.Tensor:
    return torch.from_numpy(jury_shares(faces) @ COORDINATES.astype(np.float32))


def _any_known(faces: Faces) -> Faces:
    return faces.take((faces.label >= 0) | faces.voted)


LESSONS = {
    "cnn": Lesson(Plan(epochs=22, held=0.1, decay=1e-4, patience=4), _labels, soft_cross_entropy, settles="held"),
    "cnn6": Lesson(
        Plan(epochs=14, held=0.1, decay=0.02, patience=5),
        _six_labels,
        soft_cross_entropy,
        labels=_six_labels,
        settles="held",
        taken=lambda faces: faces.take(np.isin(faces.label, SIX)),
    ),
    "best": Lesson(
        Plan(
            epochs=6, batch=128, lr=5e-4, muon=0.006, decay=0.05, cycle=True, augment="light", average=0.995, held=0.03
        ),
        _both,
        two_heads,
        on_tower=True,
        settles="taught",
        taken=_any_known,
    ),
    "affect": Lesson(
        Plan(
            epochs=2, batch=128, lr=1e-3, muon=0.006, decay=0.05, cycle=True, augment="light", average=0.99, held=0.03
        ),
        _axes,
        two_axes,
        main="jury",
        on_tower=True,
        taken=lambda faces: faces.take(faces.votes[:, :7].sum(1) > 0),
    ),
}
