"""What lies behind EmotionRecognizer: a net reads face pictures (n, 48, 48) uint8 and answers for all of them.

Everything in arrays of seven lies in the order of EMOTIONS.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from scoring import EMOTIONS
from scoring.affect import PLACES
from scoring.packing import WeightsError, read_weights

NETS = ("cnn", "cnn6", "boosting", "best", "affect")
WEIGHTS = Path(__file__).parent / "weights" / "lab"
# The six-class net knows no disgust.
SIX = tuple(i for i, name in enumerate(EMOTIONS) if name != "disgust")
COORDINATES = np.array([PLACES[name] for name in EMOTIONS])
# How fast an emotion's share falls with its distance on the plane of valence and arousal.
NEARNESS = 0.08
# By how much the first emotion must lead the second for one look at a face to settle it.
SURE = 0.3


@dataclass(frozen=True)
class Answer:
    label: np.ndarray  # (n, 7): shares as FER2013 would label it
    jury: np.ndarray | None  # (n, 7): shares as jurors would vote, where the net was taught that
    affect: np.ndarray  # (n, 2): valence, arousal


class Reader(Protocol):
    def read(self, pixels: np.ndarray) -> Answer: ...


def weights_path(name: str, folder: Path | None = None) -> Path:
    return (folder or WEIGHTS) / f"{name}{'.cbm' if name == 'boosting' else '.safetensors'}"


def open_reader(name: str, path: Path | None = None) -> Reader:
    if name not in NETS:
        raise ValueError(f"There is no net {name!r}. There are: {', '.join(NETS)}.")
    path = path or weights_path(name)
    if not path.is_file():
        raise WeightsError(
            f"The weights of {name!r} are missing: {path}. Train them with: python manage.py train {name} --data DIR"
        )
    if name == "boosting":
        from scoring.lab.boosting import BoostingReader

        return BoostingReader(path)
    return NetReader(name, path)


class NetReader:
    def __init__(self, name: str, path: Path) -> None:
        import torch

        from scoring.lab.nets import build, folded

        self.name = name
        net = build(name)
        state, _ = read_weights(path)
        try:
            net.load_state_dict(state)
        except RuntimeError as error:
            raise WeightsError(f"{path} holds the weights of another net than {name!r}: {error}") from error
        # Channels last: a single face takes a quarter less time.
        self.net = folded(net).requires_grad_(False).to(memory_format=torch.channels_last)

    def read(self, pixels: np.ndarray) -> Answer:
        """Each face is seen as it is and, unless that settles it, mirrored as well."""
        outputs = self._look(pixels)
        unsure = ~settled(answer_of(self.name, outputs))
        if unsure.any():
            outputs[unsure] = (outputs[unsure] + self._look(pixels[unsure, :, ::-1])) / 2
        return answer_of(self.name, outputs)

    def _look(self, pixels: np.ndarray) -> np.ndarray:
        import torch

        with torch.inference_mode():
            return self.net(torch.from_numpy(np.ascontiguousarray(pixels))[:, None].float() / 255).numpy()


def answer_of(name: str, outputs: np.ndarray) -> Answer:
    if name == "affect":
        shares = near(outputs)
        return Answer(shares, shares, outputs)
    if name == "cnn6":
        label = np.zeros((len(outputs), len(EMOTIONS)), np.float32)
        label[:, SIX] = softmax(outputs)
    else:
        label = softmax(outputs[:, : len(EMOTIONS)])
    jury = softmax(outputs[:, len(EMOTIONS) :]) if name == "best" else None
    return Answer(label, jury, (label if jury is None else jury) @ COORDINATES)


def settled(answer: Answer) -> np.ndarray:
    """(n,): whether every judge of a face has one emotion far ahead of the rest."""
    tables = [answer.label] if answer.jury is None else [answer.label, answer.jury]
    ordered = [np.sort(table, 1) for table in tables]
    return np.all([table[:, -1] - table[:, -2] > SURE for table in ordered], axis=0)


def near(axes: np.ndarray) -> np.ndarray:
    """The nearest emotion on the plane has the largest share."""
    distance = ((axes[:, None] - COORDINATES) ** 2).sum(2)
    return softmax(-distance / NEARNESS)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)
