"""The statistics that turn a score into a match and a face into shares: means and clusters over many faces, never
one face's vector.
"""

import numpy as np
import torch
from torch.nn import functional as F

from scoring.lab.concepts import CONCEPTS
from scoring.lab.data import VOTES
from scoring.match import Statistics

# A group's middle needs this many pictures; an emotion's, which most prompts ask for, is worth more of them.
FEWEST, ENOUGH = 30, 200
# Pictures that fit hardly, half, well. A fit counts from 0 to 1 as the concepts define it.
HARDLY, HALF, WELL = (0.0, 0.1), (0.4, 0.6), (0.9, 1.01)
# Jurors hardly ever agree on disgust: where too few pictures fit well, less is taken for well.
LESS_WELL = (0.8, 0.7, 0.6)
CLUSTERS = 240
SMALLEST_CLUSTER = 20


def statistics_of(
    vectors: np.ndarray,
    fits: np.ndarray,
    concepts: np.ndarray,
    sharpness: float,
    more: tuple[np.ndarray, np.ndarray] | None = None,
    seed: int = 0,
) -> Statistics:
    """`vectors` (faces, d) and `fits` (faces, concepts) of the same pictures; `more` of others, for rare groups."""
    centres, weights, spread = _clusters(vectors, seed)
    concepts = concepts / np.linalg.norm(concepts, axis=1, keepdims=True)
    pictures = [(vectors, fits), *([more] if more else [])]
    anchors = np.stack([_anchors(pictures, i, concepts[i]) for i in range(len(CONCEPTS))])
    names = tuple(concept.name for concept in CONCEPTS)
    return Statistics(names, concepts, anchors, centres, weights, spread, concepts[:8], sharpness)


def _anchors(pictures: list[tuple[np.ndarray, np.ndarray]], i: int, concept: np.ndarray) -> np.ndarray:
    alone = i < len(VOTES)
    groups = [_group(pictures if alone else pictures[:1], i, low, high) for low, high in (HARDLY, HALF, WELL)]
    for low in LESS_WELL:
        if alone and len(groups[2]) < FEWEST:
            groups[2] = _group(pictures, i, low, WELL[1])
    anchors = np.stack([_anchor(group, concept) for group in groups])
    return anchors if not np.isnan(anchors).any() else np.full_like(anchors, np.nan)


def _group(pictures: list[tuple[np.ndarray, np.ndarray]], i: int, low: float, high: float) -> np.ndarray:
    """Those that fit so far: of the first pictures, and where they are not enough, of all."""
    found = np.zeros((0, pictures[0][0].shape[1]), np.float32)
    for vectors, fits in pictures:
        found = np.concatenate([found, vectors[(fits[:, i] >= low) & (fits[:, i] < high)]])
        if len(found) >= ENOUGH:
            break
    return found


def standing_in(fits: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of the others stand half or well for an emotion that not enough of these pictures show so."""
    chosen = np.zeros(len(others), bool)
    for i in range(len(VOTES)):
        for low, high in (HALF, (LESS_WELL[-1], WELL[1])):
            if ((fits[:, i] >= low) & (fits[:, i] < high)).sum() < ENOUGH:
                chosen |= (others[:, i] >= low) & (others[:, i] < high)
    return chosen


def _anchor(group: np.ndarray, concept: np.ndarray) -> np.ndarray:
    """The group's mean, moved along the concept until it scores what the group's middle picture does."""
    if len(group) < FEWEST:
        return np.full(len(concept), np.nan)
    mean = group.mean(0)
    return mean + (np.median(group @ concept) - mean @ concept) * concept


def _clusters(vectors: np.ndarray, seed: int, rounds: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    count = min(CLUSTERS, len(vectors) // (3 * SMALLEST_CLUSTER))
    centres = vectors[rng.choice(len(vectors), count, replace=False)]
    for _ in range(rounds):
        nearest = (vectors @ centres.T - (centres**2).sum(1) / 2).argmax(1)
        sizes = np.bincount(nearest, minlength=len(centres))
        kept = np.flatnonzero(sizes >= SMALLEST_CLUSTER)
        centres = np.stack([vectors[nearest == i].mean(0) for i in kept])
    nearest = (vectors @ centres.T - (centres**2).sum(1) / 2).argmax(1)
    sizes = np.bincount(nearest, minlength=len(centres))
    kept = np.flatnonzero(sizes >= SMALLEST_CLUSTER)
    inside = np.isin(nearest, kept)
    apart = vectors[inside] - centres[nearest[inside]]
    return centres[kept], sizes[kept].astype(np.float32), (apart.T @ apart / len(apart)).astype(np.float32)


def fitted_sharpness(vectors: np.ndarray, votes: np.ndarray, emotions: np.ndarray) -> float:
    """How sharply the closeness to the eight emotions must be read so that the shares come nearest to the jurors'."""
    closeness = torch.from_numpy(vectors @ emotions.T)
    wanted = torch.from_numpy(votes.astype(np.float32))
    steps = np.linspace(2, 40, 77)
    losses = [F.cross_entropy(closeness * float(step), wanted).item() for step in steps]
    return float(steps[int(np.argmin(losses))])
