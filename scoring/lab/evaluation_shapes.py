"""What the judge sees of a face's shape: attributes, emotions joined with them, and emotions without them."""

from collections.abc import Callable

import numpy as np

from scoring import EMOTIONS
from scoring.lab.evaluation_parts import FEWEST, Columns, Figure, Judge, Labelled, beaten, mean_figure, texts_of


def _mean_of(name: str) -> Callable[[Columns], np.ndarray]:
    return lambda c: (c[f"{name}Left"] + c[f"{name}Right"]) / 2


def _raised(c: Columns) -> np.ndarray:
    return (c["browInnerUp"] + (c["browOuterUpLeft"] + c["browOuterUpRight"]) / 2) / 2


# The measure, and from where on a face has the shape. It has it not below half of that: what lies between is unclear.
ATTRIBUTES: dict[str, tuple[Callable[[Columns], np.ndarray], float]] = {
    "mouth_open": (lambda c: c["jawOpen"], 0.35),
    "smile": (_mean_of("mouthSmile"), 0.65),
    "brows_raised": (_raised, 0.65),
    "eyes_wide": (_mean_of("eyeWide"), 0.25),
    "lips_puckered": (lambda c: c["mouthPucker"], 0.65),
    "brows_lowered": (_mean_of("browDown"), 0.3),
}
PROMISED = ("eyes_shut", "mouth_open", "smile", "brows_raised", "eyes_wide", "lips_puckered")
DEFINITION = (
    "A face has a shape where: both eyes are shut by 0.3 and more; jawOpen >= 0.35; mouthSmile >= 0.65; brows raised "
    ">= 0.65 (mean of inner and outer); eyeWide >= 0.25; mouthPucker >= 0.65; browDown >= 0.3; a wink: one eye shut by "
    "0.35 and more, the other by 0.15 at most. It clearly has it not where the measure is under half of that (shut "
    "eyes: both under 0.15; a wink: both eyes alike within 0.1). Of left and right the mean counts. What lies between "
    "is neither. A compound's or denial's rivals: half have the emotion alone, half the shape alone; a judge of "
    "emotions alone comes to 0.72."
)


def has(name: str, c: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Which faces have the shape, and which clearly have it not; neither where it was not measured."""
    if name.startswith("not_"):
        there, absent = has(name.removeprefix("not_"), c)
        return absent, there
    more, less = (f(c["eyeBlinkLeft"], c["eyeBlinkRight"]) for f in (np.maximum, np.minimum))
    if name == "eyes_shut":
        return less >= 0.3, more < 0.15
    if name == "wink":
        return (more >= 0.35) & (less <= 0.15), more - less < 0.1
    measure, full = ATTRIBUTES[name]
    return measure(c) >= full, measure(c) < full / 2


def shape_figures(labelled: Labelled, judge: Judge) -> list[Figure]:
    shapes = attributes(labelled, judge)
    promised = {name: shapes.pop(name) for name in PROMISED if name in shapes}
    compound, denial = (compounds(labelled, judge, group) for group in ("compound", "denial"))
    return [
        mean_figure("attribute prompts: the face that has it beats one that has not", promised, 0.985),
        mean_figure("the same, further attributes", shapes),
        mean_figure("compound prompts: the face with both beats one with one of the two", compound, 0.90),
        mean_figure("denials: the emotion without the shape beats one of the two", denial),
    ]


def attributes(labelled: Labelled, judge: Judge) -> dict[str, float]:
    found = {}
    for name, texts in texts_of("attribute").items():
        there, absent = has(name, labelled.shapes)
        if there.sum() >= FEWEST and absent.sum() >= FEWEST:
            found[name] = beaten(labelled.vectors, judge.embed(texts), there, absent)
    return found


def compounds(labelled: Labelled, judge: Judge, group: str) -> dict[str, float]:
    found = {}
    for target, texts in texts_of(group).items():
        emotion, _, shape = target.partition("+")
        own = labelled.label == EMOTIONS.index(emotion)
        there, absent = has(shape, labelled.shapes)
        both, rivals = own & there, (own & absent, ~own & there)
        if both.sum() >= FEWEST and min(rival.sum() for rival in rivals) >= FEWEST:
            prompts = judge.embed(texts)
            found[target] = sum(beaten(labelled.vectors, prompts, both, rival) for rival in rivals) / 2
    return found
