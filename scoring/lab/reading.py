"""Every face of a picture with its emotion: what `recognize`, `webcam`, `moments` and `submission` share."""

from dataclasses import dataclass
from typing import Any

from PIL import Image

from scoring.lab.detectors import Box, Detector, open_detector
from scoring.recognizer import EmotionRecognizer, prepare


@dataclass(frozen=True)
class ReadFace:
    box: Box
    emotion: str
    shares: dict[str, float]
    valence: float
    arousal: float

    def as_json(self) -> dict[str, Any]:
        shares = {name: round(share, 4) for name, share in self.shares.items()}
        axes = {"valence": round(self.valence, 3), "arousal": round(self.arousal, 3)}
        return {"box": list(self.box), "emotion": self.emotion, "shares": shares, **axes}


class FaceReader:
    def __init__(self, net: str = "best", detector: str = "mtcnn", by: str = "label") -> None:
        import torch

        # The nets are small: a second thread costs more than it brings, and much more beside other work.
        torch.set_num_threads(1)
        self.recognizer = EmotionRecognizer(net)
        self.find: Detector = open_detector(detector)
        self.by = by
        self.recognizer.check(by)

    def read(self, image: Image.Image) -> list[ReadFace]:
        """The largest face first."""
        return [self._read(found.box, found.crop) for found in self.find(image)]

    def read_whole(self, image: Image.Image) -> ReadFace:
        from scoring.lab.detectors import bgr

        return self._read((0, 0, *image.size), bgr(image))

    def _read(self, box: Box, crop: Any) -> ReadFace:
        answer = self.recognizer.reader.read(prepare(crop)[None])
        shares = self.recognizer.shares(answer, self.by)
        valence, arousal = (float(axis) for axis in answer.affect[0])
        return ReadFace(box, max(shares, key=lambda name: shares[name]), shares, valence, arousal)
