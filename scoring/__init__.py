"""The judge: a photo and a prompt in, a score out. This is its only door; it loads torch when a scorer is opened,
not before.
"""

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from scoring.photos import PhotoError

if TYPE_CHECKING:
    import numpy as np

    from scoring.faces import Face
    from scoring.judge import Scorer

__all__ = ["EMOTIONS", "PhotoError", "Profile", "Score", "open_scorer"]

EMOTIONS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear")


@dataclass(frozen=True)
class Score:
    value: float  # the cosine of face and prompt; minus infinity without a face
    match: float  # 0-100 with one decimal, for people
    face: "Face | None"
    vector: "np.ndarray | None" = field(default=None, repr=False, compare=False)  # the face as the tower sees it


NO_FACE = Score(-inf, 0.0, None)


@dataclass(frozen=True)
class Profile:
    shares: dict[str, float]
    valence: float  # -1 unpleasant to 1 pleasant
    arousal: float  # -1 calm to 1 excited


def open_scorer(
    model: str | None = None,
    checkpoint: str | None = None,
    precision: str | None = None,
    device: str | None = None,
    threads: int = 1,
    cache_dir: str | None = None,
) -> "Scorer":
    """Without arguments: the small CLIP that ships. Else `hf-hub:owner/name`, or open_clip's name and a checkpoint."""
    from scoring import judge

    return judge.open_scorer(model, checkpoint, precision, device, threads, cache_dir)
