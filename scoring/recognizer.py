"""The emotion on a face crop. Torch is loaded with the first recogniser, not with this module."""

from pathlib import Path

import numpy as np
from PIL import Image

from scoring.emotions import NAMES, SHORT
from scoring.readers import NETS, Answer, open_reader

SIDE = 48
JUDGES = ("label", "jury")
BY_JURY = ("best", "affect")
__all__ = ["NAMES", "NETS", "EmotionRecognizer", "prepare"]


class EmotionRecognizer:
    """`best` answers by FER2013's label, or with by="jury" as most jurors would; `affect` knows the jurors alone."""

    def __init__(self, net: str = "best", weights: str | Path | None = None) -> None:
        self.net = net
        self.reader = open_reader(net, Path(weights) if weights else None)

    def predict(self, frame: np.ndarray, by: str = "label") -> str:
        shares = self.predict_proba(frame, by)
        return max(shares, key=lambda name: shares[name])

    def predict_proba(self, frame: np.ndarray, by: str = "label") -> dict[str, float]:
        return self.shares(self.reader.read(prepare(frame)[None]), by)

    def predict_affect(self, frame: np.ndarray) -> tuple[float, float]:
        """Valence (-1 unpleasant to 1 pleasant) and arousal (-1 calm to 1 excited)."""
        valence, arousal = self.reader.read(prepare(frame)[None]).affect[0]
        return float(valence), float(arousal)

    def shares(self, answer: Answer, by: str = "label") -> dict[str, float]:
        self.check(by)
        table = answer.jury if by == "jury" and answer.jury is not None else answer.label
        return {name: float(table[0, SHORT.index(name)]) for name in NAMES}

    def check(self, by: str) -> None:
        if by not in JUDGES:
            raise ValueError(f"by={by!r}: it is one of {', '.join(JUDGES)}.")
        if by == "jury" and self.net not in BY_JURY:
            raise ValueError(f"The net {self.net!r} was not taught by jurors: ask {' or '.join(BY_JURY)}.")


def prepare(frame: np.ndarray) -> np.ndarray:
    """A crop as OpenCV gives it, grey (h, w) or BGR (h, w, 3), as the nets take it: (48, 48) uint8."""
    pixels = _bytes(np.asarray(frame))
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        image = Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1])).convert("L")
    elif pixels.ndim == 2:
        image = Image.fromarray(np.ascontiguousarray(pixels))
    else:
        raise ValueError(f"A frame is grey (h, w) or BGR (h, w, 3); this one has the shape {pixels.shape}.")
    return np.array(image.resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=3))


def _bytes(frame: np.ndarray) -> np.ndarray:
    if frame.size == 0:
        raise ValueError("The frame is empty.")
    if frame.dtype == np.uint8:
        return frame
    if frame.dtype.kind not in "uif" or not np.isfinite(frame).all():
        raise ValueError(f"A frame holds numbers of 0 to 255 or 0 to 1; this one is of {frame.dtype}.")
    # Fractions are a picture scaled to 0-1, as many preparations leave it.
    scale = 255 if frame.dtype.kind == "f" and frame.max() <= 1 else 1
    return np.clip(np.rint(frame * scale), 0, 255).astype(np.uint8)
