"""Where the seven emotions lie on the two axes of feeling: unpleasant to pleasant, and calm to excited (after
Russell's circle).
"""

from collections.abc import Mapping

PLACES: dict[str, tuple[float, float]] = {
    "neutral": (0.0, -0.1),
    "happiness": (0.85, 0.35),
    "surprise": (0.2, 0.8),
    "sadness": (-0.7, -0.4),
    "anger": (-0.6, 0.7),
    "disgust": (-0.7, 0.3),
    "fear": (-0.6, 0.8),
}


def place(shares: Mapping[str, float]) -> tuple[float, float]:
    """Valence and arousal of a mixture."""
    valence = sum(share * PLACES[name][0] for name, share in shares.items())
    arousal = sum(share * PLACES[name][1] for name, share in shares.items())
    return round(valence, 3), round(arousal, 3)
