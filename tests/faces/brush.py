"""Smooth shapes, soft shadows and tapered strokes on a large picture that is shrunk at the end."""

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
Points = Sequence[Point]
Colour = tuple[int, int, int]

FINER = 3  # drawn so many times larger than asked, for smooth edges


def mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def darker(colour: Colour, share: float) -> Colour:
    return mix(colour, (40, 16, 24), share)


def lighter(colour: Colour, share: float) -> Colour:
    return mix(colour, (255, 250, 240), share)


def smooth(points: Points, closed: bool = True, steps: int = 8) -> list[Point]:
    """A curve through the points (Catmull-Rom)."""
    count, curve = len(points), []
    for i in range(count if closed else count - 1):
        near = [(i + k) % count if closed else min(max(i + k, 0), count - 1) for k in (-1, 0, 1, 2)]
        xs, ys = zip(*(points[k] for k in near), strict=True)
        curve += [(_between(xs, step / steps), _between(ys, step / steps)) for step in range(steps)]
    return curve if closed else [*curve, points[-1]]


def _between(values: Sequence[float], t: float) -> float:
    a, b, c, d = values
    return b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def oval(x: float, y: float, width: float, height: float) -> list[Point]:
    turns = [math.tau * i / 40 for i in range(40)]
    return [(x + width * math.cos(turn), y + height * math.sin(turn)) for turn in turns]


def mirrored(points: Points) -> list[Point]:
    return [(-x, y) for x, y in reversed(points)]


def symmetric(right: Points) -> list[Point]:
    """A closed outline from its right half, from top to bottom."""
    return [*right, *mirrored([point for point in right if point[0] > 0])]


class Sheet:
    """Takes coordinates of the head: its middle is 0, 0, its chin 0, 1, and y points down."""

    def __init__(self, size: tuple[int, int], middle: Point, half: float, tilt: float) -> None:
        self.size, self.half = size, half * FINER
        self.middle = middle[0] * FINER, middle[1] * FINER
        self.cos, self.sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
        self.image = Image.new("RGB", (size[0] * FINER, size[1] * FINER))

    def finished(self) -> Image.Image:
        return self.image.resize(self.size, Image.Resampling.LANCZOS)

    def fill(
        self, shape: Points, colour: Colour, alpha: float = 1, soft: float = 0, within: Points | None = None
    ) -> None:
        """`soft`: how far the edge is blurred; `within`: a second shape that bounds the first."""
        dots = [self._placed(point) for point in shape]
        blur = soft * self.half
        box = _bounds(dots, 3 * blur + 2, self.image.size)
        if box[0] >= box[2] or box[1] >= box[3]:
            return
        mask = _mask(dots, box, blur)
        if within is not None:
            mask = ImageChops.multiply(mask, _mask([self._placed(point) for point in within], box, 0))
        if alpha < 1:
            mask = mask.point(lambda value: round(value * alpha))
        self.image.paste(colour, box, mask)

    def stroke(
        self,
        line: Points,
        width: float,
        colour: Colour,
        alpha: float = 1,
        soft: float = 0,
        within: Points | None = None,
    ) -> None:
        """A brush stroke that thins out at both ends."""
        if alpha > 0:
            self.fill(ribbon(smooth(line, closed=False), width), colour, alpha, soft, within)

    def _placed(self, point: Point) -> Point:
        x, y = point[0] * self.half, point[1] * self.half
        return self.middle[0] + x * self.cos - y * self.sin, self.middle[1] + x * self.sin + y * self.cos


def _bounds(dots: Points, margin: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    columns, rows = [x for x, _ in dots], [y for _, y in dots]
    left, top = max(0, math.floor(min(columns) - margin)), max(0, math.floor(min(rows) - margin))
    return left, top, min(size[0], math.ceil(max(columns) + margin)), min(size[1], math.ceil(max(rows) + margin))


def _mask(dots: Points, box: tuple[int, int, int, int], blur: float) -> Image.Image:
    size = box[2] - box[0], box[3] - box[1]
    coarse = max(1, min(16, int(blur / 2)))  # what is blurred anyway need not be drawn finely
    mask = Image.new("L", (-(-size[0] // coarse), -(-size[1] // coarse)))
    ImageDraw.Draw(mask).polygon([((x - box[0]) / coarse, (y - box[1]) / coarse) for x, y in dots], fill=255)
    if blur:
        mask = mask.filter(ImageFilter.GaussianBlur(blur / coarse))
    return mask if coarse == 1 else mask.resize(size, Image.Resampling.BILINEAR)


def ribbon(line: list[Point], width: float, start: float = 0.15) -> list[Point]:
    """`start`: how wide it begins, against its middle."""
    left, right = [], []
    for i, (x, y) in enumerate(line):
        (ax, ay), (bx, by) = line[max(i - 1, 0)], line[min(i + 1, len(line) - 1)]
        length = math.hypot(bx - ax, by - ay) or 1
        share = i / (len(line) - 1)
        least = start if share < 0.5 else 0.15
        half = width / 2 * (least + (1 - least) * math.sin(math.pi * share) ** 0.6)
        across, along = -(by - ay) / length * half, (bx - ax) / length * half
        left.append((x + across, y + along))
        right.append((x - across, y - along))
    return left + right[::-1]
