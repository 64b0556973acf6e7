"""What every part of the evaluation speaks of: pictures as vectors, prompts, and the figures that come of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from scoring.lab.captions import exam
from scoring.lab.jury import beats

Columns = dict[str, np.ndarray]
# A combination that fewer pictures show than this says more of chance than of the judge.
FEWEST = 5


@dataclass(frozen=True)
class Judge:
    embed: Callable[[list[str]], np.ndarray]
    match: Callable[[float, str], float]
    profile: Callable[[np.ndarray], dict[str, float]]  # of one face's vector: shares of the seven


@dataclass(frozen=True)
class Voted:
    """Grey faces: vectors (n, d), their jurors' shares (n, 8), and vectors of the same faces altered."""

    vectors: np.ndarray
    shares: np.ndarray
    altered: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Labelled:
    """Colour faces: vectors (n, d), one label each, measured shapes, and the brightness of the face."""

    vectors: np.ndarray
    label: np.ndarray
    shapes: Columns
    brightness: np.ndarray


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    reach: float | None = None
    at_most: bool = False
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def reached(self) -> bool | None:
        if self.reach is None or np.isnan(self.value):
            return None
        return self.value <= self.reach if self.at_most else self.value >= self.reach


def mean_figure(name: str, parts: dict[str, float], reach: float | None = None, at_most: bool = False) -> Figure:
    return Figure(name, mean(parts.values()), reach, at_most, parts)


def mean(values: Iterable[float]) -> float:
    """Of those that could be measured."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def texts_of(*groups: str) -> dict[str, list[str]]:
    """The exam's prompts of these groups, by what they ask for."""
    found: dict[str, list[str]] = {}
    for question in exam():
        if question.group in groups:
            found.setdefault(question.target, []).append(question.text)
    return found


def beaten(vectors: np.ndarray, prompts: np.ndarray, better: np.ndarray, worse: np.ndarray) -> float:
    """How often a picture of the first kind beats one of the second; the mean over the wordings."""
    scores = vectors @ prompts.T
    return mean(beats(column[better], column[worse]) for column in scores.T)
