"""MTCNN's three nets, run by a leaner cascade than facenet-pytorch's own.

The nets and weights are facenet-pytorch's, and so are the thresholds and the arithmetic of the boxes. Its detect()
spends most of a small picture's time on resampling one crop after the other in torch, and fails on batches that hold
a picture without a face. Here Pillow resamples, numpy keeps the boxes, and the nets run with channels last, three
times faster.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from scoring.torchvision_ops import best_boxes, ensure_torchvision_ops

CELL, STRIDE = 12, 2  # the first net looks through a window of 12 pixels at every second one
FACTOR = 0.709  # from one step of the pyramid to the next
THRESHOLDS = (0.6, 0.7, 0.7)
MOST = 256  # candidates looked at closer; noise can raise thousands, and a photo of a crowd some tens


@dataclass(frozen=True)
class Detections:
    boxes: np.ndarray  # (n, 4): left, top, right, bottom in pixels
    probabilities: np.ndarray  # (n,)
    points: np.ndarray  # (n, 5, 2): eyes, nose, corners of the mouth


NOTHING = Detections(np.zeros((0, 4)), np.zeros(0), np.zeros((0, 5, 2)))


class Cascade:
    def __init__(self, device: str = "cpu") -> None:
        ensure_torchvision_ops()
        import torch
        from facenet_pytorch.models.mtcnn import ONet, PNet, RNet

        self.device = device
        self.nets = [
            net().eval().requires_grad_(False).to(device, memory_format=torch.channels_last)
            for net in (PNet, RNet, ONet)
        ]

    def detect(self, image: Image.Image, smallest: float) -> Detections:
        """Every face at least `smallest` pixels high in an RGB picture."""
        boxes = self._proposed(image, smallest)
        boxes = self._refined(image, boxes)
        return self._confirmed(image, boxes)

    def _run(self, stage: int, pictures: list[Image.Image]) -> list[np.ndarray]:
        import torch

        with torch.inference_mode():
            batch = torch.from_numpy(np.stack([np.asarray(picture) for picture in pictures])).to(self.device)
            batch = (batch.permute(0, 3, 1, 2).float() - 127.5) * 0.0078125
            return [output.float().cpu().numpy() for output in self.nets[stage](batch)]

    def _proposed(self, image: Image.Image, smallest: float) -> np.ndarray:
        found = [self._windows(image, scale) for scale in _scales(min(image.size), smallest)]
        if not found:
            return np.zeros((0, 4))
        windows = np.concatenate(found)
        windows = windows[best_boxes(windows[:, :4], windows[:, 4], 0.7)[:MOST]]
        size = windows[:, 2:4] - windows[:, :2]
        return _squared(windows[:, :4] + windows[:, 5:] * np.tile(size, 2))

    def _windows(self, image: Image.Image, scale: float) -> np.ndarray:
        """Rows of left, top, right, bottom, probability and four corrections."""
        size = int(image.width * scale + 1), int(image.height * scale + 1)
        corrections, probabilities = self._run(0, [image.resize(size, Image.Resampling.BOX)])
        rows, columns = np.nonzero(probabilities[0, 1] >= THRESHOLDS[0])
        start = STRIDE * np.column_stack([columns, rows]) + 1
        corners = np.floor(np.column_stack([start, start + CELL - 1]) / scale)
        score = probabilities[0, 1, rows, columns]
        kept = best_boxes(corners, score, 0.5)[: 2 * MOST]
        return np.column_stack([corners, score, corrections[0, :, rows, columns]])[kept]

    def _refined(self, image: Image.Image, boxes: np.ndarray) -> np.ndarray:
        boxes, crops = _crops(image, boxes, 24)
        if not crops:
            return boxes
        corrections, probabilities = self._run(1, crops)
        sure = probabilities[:, 1] > THRESHOLDS[1]
        boxes, corrections, score = boxes[sure], corrections[sure], probabilities[sure, 1]
        kept = best_boxes(boxes, score, 0.7)
        return _squared(_corrected(boxes[kept], corrections[kept]))

    def _confirmed(self, image: Image.Image, boxes: np.ndarray) -> Detections:
        boxes, crops = _crops(image, boxes, 48)
        if not crops:
            return NOTHING
        corrections, marks, probabilities = self._run(2, crops)
        sure = probabilities[:, 1] > THRESHOLDS[2]
        boxes, score, points = boxes[sure], probabilities[sure, 1], _placed(boxes[sure], _pairs(marks[sure]))
        boxes = _corrected(boxes, corrections[sure])
        kept = best_boxes(boxes, score, 0.7, of_smaller=True)
        return Detections(boxes[kept], score[kept], points[kept])

    def look_again(self, image: Image.Image, box: np.ndarray) -> Detections | None:
        """The last net's answer around one box, averaged with its answer in the mirror. None outside the picture."""
        box = _squared(box[None])
        crop = _whole_crop(image, box, 48)
        if crop is None:
            return None
        corrections, marks, probabilities = self._run(2, [crop, ImageOps.mirror(crop)])
        corrections[1] = corrections[1, [2, 1, 0, 3]] * [-1, 1, -1, 1]
        pairs = _pairs(marks)
        pairs[1] = pairs[1, [1, 0, 2, 4, 3]] * [-1, 1] + [1, 0]
        points = _placed(box, pairs.mean(axis=0, keepdims=True))
        probability = probabilities[:, 1].mean(keepdims=True)
        return Detections(_corrected(box, corrections.mean(axis=0, keepdims=True)), probability, points)


def _scales(shorter: int, smallest: float) -> list[float]:
    scales, scale = [], CELL / smallest
    while shorter * scale >= CELL:
        scales.append(scale)
        scale *= FACTOR
    return scales


def _crops(image: Image.Image, boxes: np.ndarray, side: int) -> tuple[np.ndarray, list[Image.Image]]:
    """The boxes that lie at least partly in the picture, and what is in them."""
    corners = np.trunc(boxes)
    low = np.maximum(corners[:, :2], 1) - 1
    high = np.minimum(corners[:, 2:], image.size)
    inside = (high > low).all(axis=1)
    windows = np.column_stack([low, high])[inside]
    resample = Image.Resampling.BOX
    return boxes[inside], [image.resize((side, side), resample, box=tuple(window)) for window in windows]


def _whole_crop(image: Image.Image, box: np.ndarray, side: int) -> Image.Image | None:
    """Black beyond the edge. MTCNN stretches what is in the picture, and then takes half a face for a whole one."""
    _, crops = _crops(image, box, side)
    if not crops:
        return None
    left, top, right, bottom = (int(edge) for edge in np.trunc(box[0]))
    if left >= 1 and top >= 1 and right <= image.width and bottom <= image.height:
        return crops[0]
    return image.crop((left - 1, top - 1, right, bottom)).resize((side, side), Image.Resampling.BOX)


def _squared(boxes: np.ndarray) -> np.ndarray:
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.column_stack([middle - half, middle + half])


def _pairs(marks: np.ndarray) -> np.ndarray:
    """The net gives five x, then five y."""
    return marks.reshape(-1, 2, 5).transpose(0, 2, 1)


def _placed(boxes: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    return boxes[:, None, :2] + pairs * (boxes[:, None, 2:] - boxes[:, None, :2] + 1) - 1


def _corrected(boxes: np.ndarray, corrections: np.ndarray) -> np.ndarray:
    return boxes + corrections * np.tile(boxes[:, 2:] - boxes[:, :2] + 1, 2)
