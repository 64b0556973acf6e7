"""From a score to a match, 0 to 100, that people can read, for any prompt.

What ships is statistics of many faces, never one face's vector: for each concept (an emotion, two at once, an
emotion with a shape) the mean vector of the pictures that fit it hardly, half, and well; and clusters of all
reference faces. A prompt's vector laid on these gives the score that such pictures would get, and so the scale for
this very wording. A prompt near no concept, or without an emotion, gets its percentile among the reference faces.
"""

from dataclasses import dataclass
from math import erf
from pathlib import Path

import numpy as np

from scoring import EMOTIONS

# Where a picture stands that fits not at all, half, and as well as they come.
HARDLY, HALF, WELL = 6.0, 50.0, 97.0
# A prompt this near a concept's vector asks for that concept.
NEAR = 0.6


@dataclass(frozen=True)
class Statistics:
    names: tuple[str, ...]
    concepts: np.ndarray  # (concepts, d) unit rows
    anchors: np.ndarray  # (concepts, 3, d) means of those that fit hardly, half, well; NaN where too few were seen
    centres: np.ndarray  # (clusters, d)
    weights: np.ndarray  # (clusters,)
    spread: np.ndarray  # (d, d) covariance within a cluster
    emotions: np.ndarray  # (8, d) unit rows: the seven and contempt
    sharpness: float

    @classmethod
    def read(cls, path: Path) -> "Statistics":
        from safetensors import safe_open

        with safe_open(path, framework="np") as file:
            arrays = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118  not a dict
            about = file.metadata()
        anchors = np.full((len(arrays["concepts"]), *arrays["anchors"].shape[1:]), np.nan, np.float32)
        anchors[arrays.pop("anchored").astype(int)] = arrays["anchors"]
        arrays["anchors"] = anchors
        return cls(names=tuple(about["names"].split()), sharpness=float(about["sharpness"]), **arrays)

    def write(self, path: Path) -> None:
        """Concepts without anchors cost no room."""
        from safetensors.numpy import save_file

        anchored = np.flatnonzero(~np.isnan(self.anchors).any((1, 2)))
        arrays = {name: getattr(self, name).astype(np.float16) for name in ARRAYS}
        arrays |= {"anchors": arrays["anchors"][anchored], "anchored": anchored.astype(np.int32)}
        save_file(arrays, path, {"names": " ".join(self.names), "sharpness": repr(float(self.sharpness))})
        path.chmod(0o644)  # it is written for its owner alone

    def scale_for(self, prompt: np.ndarray) -> "Scale":
        nearness = self.concepts @ prompt
        nearest = int(nearness.argmax())
        anchors = self.anchors[nearest]
        if _has_emotion(self.names[nearest]) and nearness[nearest] >= NEAR and not np.isnan(anchors).any():
            low, half, well = (float(score) for score in anchors @ prompt)
            if low < half < well:
                return Anchored(low, half, well)
        return Percentile(self.centres @ prompt, self.weights, float(np.sqrt(max(prompt @ self.spread @ prompt, 1e-8))))


def _has_emotion(concept: str) -> bool:
    """Concepts without one are shapes of the face: for those a percentile says more than how far a shape goes."""
    return not {*EMOTIONS, "contempt"}.isdisjoint(concept.split("+"))


ARRAYS = ("concepts", "anchors", "centres", "weights", "spread", "emotions")


@dataclass(frozen=True)
class Anchored:
    """Rises through three known points: straight between them, levelling off towards 0 and 100 outside."""

    low: float
    half: float
    well: float

    def __call__(self, score: float) -> float:
        if score < self.low:
            return HARDLY * float(np.exp((score - self.low) / (self.half - self.low) * (HALF - HARDLY) / HARDLY))
        if score > self.well:
            slope = (WELL - HALF) / (self.well - self.half) / (100 - WELL)
            return 100 - (100 - WELL) * float(np.exp((self.well - score) * slope))
        return float(np.interp(score, [self.low, self.half, self.well], [HARDLY, HALF, WELL]))


@dataclass(frozen=True)
class Percentile:
    """The share of reference faces that score lower: each cluster counts as a bell around its centre."""

    centres: np.ndarray
    weights: np.ndarray
    spread: float

    def __call__(self, score: float) -> float:
        below = [0.5 * (1 + erf((score - centre) / (self.spread * 2**0.5))) for centre in self.centres]
        return 100 * float(np.dot(below, self.weights) / self.weights.sum())


@dataclass(frozen=True)
class Plain:
    """For a model without statistics: the range that the cosines of large CLIP models use."""

    low: float = 0.10
    high: float = 0.35

    def __call__(self, score: float) -> float:
        return 100 / (1 + float(np.exp(-8 * ((score - self.low) / (self.high - self.low) - 0.5))))


Scale = Anchored | Percentile | Plain
