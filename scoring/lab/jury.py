"""Jury agreement: does a judge order photos as people did?

For one emotion, take random pairs of photos whose shares of human votes for it differ by at least `gap`. The agreement
is how often the judge's score is higher for the photo with more votes (a tie counts half). The figure of a judge is the
mean over the seven emotions. People themselves: one juror 0.806, ten fresh jurors 0.996 (gap 0.3, unseen pictures).
"""

import numpy as np

FEWEST_JURORS = 5


def vote_shares(votes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares over FER+'s eight emotions, and which pictures enough jurors took for a face with one.

    In float64: half of all gaps lie exactly on a tenth, where rounding decides which pairs count.
    """
    emotions = votes[:, :8].astype(float)
    total = emotions.sum(axis=1)
    return emotions / np.maximum(total, 1)[:, None], total >= FEWEST_JURORS


def pairs_with_gap(shares: np.ndarray, gap: float, pairs: int = 20_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Of each pair the picture with more votes, and the one with fewer."""
    rng = np.random.default_rng(seed)
    left = rng.integers(0, len(shares), pairs * 20)
    right = rng.integers(0, len(shares), pairs * 20)
    clear = shares[left] - shares[right] >= gap
    return left[clear][:pairs], right[clear][:pairs]


def agreement(scores: np.ndarray, shares: np.ndarray, gap: float, pairs: int = 20_000, seed: int = 0) -> np.ndarray:
    """`scores` (pictures,) of one judge, or (pictures, judges); NaN where no pair differs so much."""
    more, fewer = pairs_with_gap(shares, gap, pairs, seed)
    if not len(more):
        return np.full(scores.shape[1:], np.nan)
    margin = scores[more] - scores[fewer]
    return np.asarray((margin > 0).mean(axis=0) + 0.5 * (margin == 0).mean(axis=0))


def beats(better: np.ndarray, worse: np.ndarray) -> float:
    """How often one of the first scores higher than one of the second, over all pairs of them; a tie counts half."""
    ordered = np.sort(worse)
    below = np.searchsorted(ordered, better, "left") + np.searchsorted(ordered, better, "right")
    return float(below.mean() / 2 / len(ordered))
