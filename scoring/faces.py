"""The face in a photo: where it is, how it is tilted, and its upright square crop.

`crop_face` needs no torch, so whoever stored a box and a tilt can crop the same photo again. (A face that the picture's
edge cuts through comes out a little closer then: what is stored ends at the edge.)
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

Box = tuple[float, float, float, float]

CROP_SIZE = 112
CROP_RATIO = 1.05
CROP_SHIFT = 0.01


@dataclass(frozen=True)
class Face:
    box: Box  # left, top, right, bottom as fractions of the upright picture, none beyond its edge
    tilt: float  # degrees that the line of the eyes is turned, clockwise
    probability: float
    crop: Image.Image = field(repr=False, compare=False)
    screen: float = field(default=0.0, compare=False)  # 0-1: how much it looks like one on a screen, where asked for


# The longer side of the picture that is searched, and the smallest face looked for in it, in pixels. Only where the
# first search finds no clear face does the second one look closer.
SEARCHES = ((320, 32.0), (800, 36.0))
CLEAR, SURE = 0.75, 0.95
# The last net looks again at its own answer, from the full picture and mirrored. Its box then moves a third as much
# when the photo is mirrored, re-compressed or brightened as MTCNN's own does.
# It also settles the doubtful ones: what was no face falls to nearly nothing.
SECOND_LOOKS = 2
CONFIRMED = 0.2
# How far a followed face's edge, as a part of its size, and its tilt, in degrees, may stray before it has moved.
STILL, STILL_TILT = 0.04, 3.0


class FaceFinder:
    def __init__(self, device: str = "cpu") -> None:
        from scoring.cascade import Cascade

        self.cascade = Cascade(device)

    def find(self, image: Image.Image) -> Face | None:
        """The largest clear face of an upright RGB picture."""
        return next(self._clear_faces(image), None)

    def find_all(self, image: Image.Image) -> list[Face]:
        """Every clear face, the largest first."""
        return list(self._clear_faces(image))

    def follow(self, image: Image.Image, last: Face) -> Face | None:
        """The same face a moment later, looked for only where it was: a fraction of a search's work.

        A face that holds still keeps its box. The nets' answers tremble, and with each tremble the score would.
        """
        box = np.multiply(last.box, [*image.size, *image.size])
        seen = self.cascade.look_again(image, box)
        if seen is None or seen.probabilities[0] < CLEAR:
            return None
        probability = float(seen.probabilities[0])
        if _is_still(box, last.tilt, seen.boxes[0], seen.points[0]):
            return replace(last, probability=probability, crop=crop_face(image, last.box, last.tilt, CROP_SIZE))
        return self._looked_at(image, seen.boxes[0], probability, SECOND_LOOKS - 1)

    def _clear_faces(self, image: Image.Image) -> Iterator[Face]:
        for longest, smallest in SEARCHES:
            found = False
            for face in self._search(image, longest, smallest):
                found = True
                yield face
            if found or max(image.size) <= longest:
                return

    def _search(self, image: Image.Image, longest: int, smallest: float) -> Iterator[Face]:
        small = _within(image, longest)
        seen = self.cascade.detect(small, smallest)
        scale = np.divide(image.size, small.size)
        sizes = np.prod(seen.boxes[:, 2:] - seen.boxes[:, :2], axis=1)
        for index in np.argsort(-sizes):
            if seen.probabilities[index] < CLEAR:
                continue
            face = self._looked_at(image, seen.boxes[index] * np.tile(scale, 2), float(seen.probabilities[index]))
            if face is not None:
                yield face

    def _looked_at(
        self, image: Image.Image, box: np.ndarray, probability: float, looks: int = SECOND_LOOKS
    ) -> Face | None:
        for _ in range(looks):
            look = self.cascade.look_again(image, box)
            if look is None or (probability < SURE and look.probabilities[0] < CONFIRMED):
                return None
            box, points = look.boxes[0], look.points[0]
        place, tilt = _fractions(box, image.size), _tilt(points, box)
        crop = crop_face(image, place, tilt, CROP_SIZE)
        return Face(_inside(place), tilt, probability, crop)


def _fractions(box: np.ndarray, size: tuple[int, int]) -> Box:
    left, top, right, bottom = (float(edge) for edge in box / np.tile(size, 2))
    return left, top, right, bottom


def _is_still(box: np.ndarray, tilt: float, now: np.ndarray, points: np.ndarray) -> bool:
    moved = np.abs(now - box).max() / (box[2:] - box[:2]).max()
    return bool(moved < STILL and abs(_tilt(points, now) - tilt) < STILL_TILT)


def _inside(box: Box) -> Box:
    """A face at the edge reaches beyond the picture."""
    left, top, right, bottom = (min(1.0, max(0.0, edge)) for edge in box)
    return left, top, right, bottom


def _within(image: Image.Image, longest: int) -> Image.Image:
    scale = longest / max(image.size)
    if scale >= 1:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=1)


def _tilt(points: np.ndarray, box: np.ndarray) -> float:
    (left, right), width = points[:2], box[2] - box[0]
    # In profile the eyes lie so close together that their line says little: then less tilt is counted.
    across = max(right[0] - left[0], 0.15 * width)
    return math.degrees(math.atan2(right[1] - left[1], across))


def crop_face(image: Image.Image, box: Box, tilt: float, size: int) -> Image.Image:
    """An upright square around the face. Beyond the picture's edge, the edge goes on."""
    middle, side, angle = _square(image, box, tilt)
    reach = side / 2 * (abs(math.cos(angle)) + abs(math.sin(angle))) + 1
    window = _window(image, middle, reach).resize((round(2 * reach * size / side),) * 2, Image.Resampling.BICUBIC)
    return _turned(window, angle, size, 1.0, Image.Resampling.BICUBIC)


def crop_to_look_at(image: Image.Image, box: Box, tilt: float, size: int) -> Image.Image:
    """The same square, for people: no eye tells the difference, and it takes a third of the time."""
    middle, side, angle = _square(image, box, tilt)
    window = _window(image, middle, side / 2 * (abs(math.cos(angle)) + abs(math.sin(angle))) + 1)
    times = max(1, int(side / size))
    small = window.reduce(times) if times > 1 else window
    return _turned(small, angle, size, side / times / size, Image.Resampling.BILINEAR)


def _square(image: Image.Image, box: Box, tilt: float) -> tuple[tuple[float, float], float, float]:
    """Its middle, its side and its angle."""
    left, top, right, bottom = np.multiply(box, [*image.size, *image.size])
    side = CROP_RATIO * math.sqrt(max(right - left, 1) * max(bottom - top, 1))
    angle = math.radians(tilt)
    down = CROP_SHIFT * side
    middle = (left + right) / 2 - down * math.sin(angle), (top + bottom) / 2 + down * math.cos(angle)
    return middle, side, angle


def _window(image: Image.Image, middle: tuple[float, float], reach: float) -> Image.Image:
    """The square that reaches so far around a point, edges repeated where it leaves the picture."""
    (left, top), side = (math.floor(place - reach) for place in middle), math.ceil(2 * reach)
    if min(left, top) >= 0 and left + side <= image.width and top + side <= image.height:
        return image.crop((left, top, left + side, top + side))
    columns, rows = np.arange(left, left + side), np.arange(top, top + side)
    columns, rows = np.clip(columns, 0, image.width - 1), np.clip(rows, 0, image.height - 1)
    part = np.asarray(image.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)))
    # One after the other: numpy takes ten times as long to pick both at once.
    return Image.fromarray(part.take(columns - columns[0], axis=1).take(rows - rows[0], axis=0))


def _turned(window: Image.Image, angle: float, size: int, scale: float, turn: Image.Resampling) -> Image.Image:
    """`scale`: the window's pixels to one of the crop's."""
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    centre, half = window.width / 2, size / 2
    matrix = (cos, -sin, centre - half * (cos - sin), sin, cos, centre - half * (sin + cos))
    return window.transform((size, size), Image.Transform.AFFINE, matrix, turn)
