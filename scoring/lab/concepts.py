"""What a prompt can ask for: an emotion, two at once, a shape of the face, or an emotion with a shape.

Each concept says for every picture how well it fits, 0 to 1. The image tower learns to place pictures by these fits,
the text tower learns which words stand for which concept, and so the two meet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from scoring.lab.data import VOTES, Faces

Columns = dict[str, np.ndarray]


def _both(name: str) -> Callable[[Columns], np.ndarray]:
    return lambda c: (c[name + "Left"] + c[name + "Right"]) / 2


def _eyes_shut(c: Columns) -> np.ndarray:
    return np.minimum(c["eyeBlinkLeft"], c["eyeBlinkRight"])


def _one_eye(c: Columns) -> np.ndarray:
    gap = np.abs(c["eyeBlinkLeft"] - c["eyeBlinkRight"])
    # A head turned away hides one eye; that is no wink.
    return gap * np.clip(1.5 - np.abs(c["yaw"]) / 25, 0, 1)


def _raised(c: Columns) -> np.ndarray:
    return (c["browInnerUp"] + (c["browOuterUpLeft"] + c["browOuterUpRight"]) / 2) / 2


def _aside(c: Columns) -> np.ndarray:
    left = (c["eyeLookOutLeft"] + c["eyeLookInRight"]) / 2
    right = (c["eyeLookInLeft"] + c["eyeLookOutRight"]) / 2
    return np.maximum(left, right)


def _pressed(c: Columns) -> np.ndarray:
    return (c["mouthPressLeft"] + c["mouthPressRight"] + c["mouthRollLower"] + c["mouthRollUpper"]) / 4


# name: (measure, where it begins to count, where it is fully there)
SHAPES: dict[str, tuple[Callable[[Columns], np.ndarray], float, float]] = {
    "eyes_shut": (_eyes_shut, 0.10, 0.50),
    "eyes_wide": (_both("eyeWide"), 0.03, 0.35),
    "mouth_open": (lambda c: c["jawOpen"], 0.05, 0.50),
    "smile": (_both("mouthSmile"), 0.10, 0.85),
    "brows_raised": (_raised, 0.15, 0.80),
    "brows_lowered": (_both("browDown"), 0.05, 0.45),
    "lips_puckered": (lambda c: c["mouthPucker"], 0.15, 0.90),
    "wink": (_one_eye, 0.12, 0.45),
    "squint": (_both("eyeSquint"), 0.25, 0.75),
    "mouth_frown": (_both("mouthFrown"), 0.03, 0.35),
    "lips_pressed": (_pressed, 0.04, 0.35),
    "head_turned": (lambda c: np.abs(c["yaw"]), 8.0, 30.0),
    "look_up": (_both("eyeLookUp"), 0.15, 0.60),
    "look_down": (_both("eyeLookDown"), 0.15, 0.60),
    "look_aside": (_aside, 0.25, 0.80),
    "one_brow_raised": (lambda c: np.abs(c["browOuterUpLeft"] - c["browOuterUpRight"]), 0.15, 0.50),
}
DENIED = ("eyes_shut", "mouth_open", "smile", "brows_raised", "eyes_wide", "brows_lowered", "lips_puckered", "wink")


@dataclass(frozen=True)
class Concept:
    """At most two emotions and one shape; a shape that starts with `not_` must be absent."""

    emotions: tuple[str, ...] = ()
    shape: str = ""

    @property
    def name(self) -> str:
        return "+".join([*self.emotions, *([self.shape] if self.shape else [])])


def _all() -> list[Concept]:
    shapes = [*SHAPES, *(f"not_{name}" for name in DENIED)]
    single = [Concept((emotion,)) for emotion in VOTES]
    pairs = [Concept(pair) for pair in combinations(VOTES, 2)]
    bare = [Concept((), shape) for shape in shapes]
    joined = [Concept((emotion,), shape) for emotion in VOTES for shape in shapes]
    return single + pairs + bare + joined


CONCEPTS = _all()
INDEX = {concept.name: i for i, concept in enumerate(CONCEPTS)}


def concept_of(emotions: tuple[str, ...], shape: str = "") -> int:
    ordered = tuple(sorted(set(emotions), key=VOTES.index))
    return INDEX[Concept(ordered, shape).name]


def shape_fits(shapes: Columns) -> Columns:
    """How far each shape is there, 0 to 1; NaN where the face could not be measured."""
    fits = {name: np.clip((f(shapes) - low) / (high - low), 0, 1) for name, (f, low, high) in SHAPES.items()}
    return fits | {f"not_{name}": 1 - fits[name] for name in DENIED}


def fits(faces: Faces) -> np.ndarray:
    """(pictures, concepts): how well each picture fits each concept, NaN where that is not known."""
    share = {name: np.where(faces.voted, faces.votes[:, i], np.nan) for i, name in enumerate(VOTES)}
    shape = shape_fits(faces.shapes)
    return np.stack([_fit(concept, share, shape, faces.mask is not None) for concept in CONCEPTS], axis=1)


def _fit(concept: Concept, share: Columns, shape: Columns, one_label: bool) -> np.ndarray:
    if len(concept.emotions) == 2:
        smaller = np.minimum(share[concept.emotions[0]], share[concept.emotions[1]])
        # One label on a picture cannot say that it shows two emotions, nor that it does not.
        return np.full_like(smaller, np.nan) if one_label else np.minimum(2 * smaller, 1)
    fit = np.ones(1, np.float32)
    if concept.emotions:
        fit = fit * share[concept.emotions[0]]
    if concept.shape:
        fit = fit * shape[concept.shape]
    return fit.astype(np.float32)
