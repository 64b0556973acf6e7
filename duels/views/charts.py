"""Where the lines of a chart run. Templates draw them as SVG: pages may carry no styles, and need no script for it.

Letters must stay readable on a phone, so the chart of ratings is not scaled as a picture is: across it is told in
percent of the page's width, down in pixels.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, cos, floor, pi, sin

from django.utils import timezone
from django.utils.formats import date_format

from duels.rules.rating import Skill
from duels.words import emotion
from scoring import EMOTIONS

BASE, TOP = 220, 14  # pixels: where the plot ends, and where its highest line runs
LEFT, RIGHT = 12.0, 98.0  # percent: the plot's edges; the scale stands before it
MOST_POINTS = 80
TICKS = 4
STEPS = (10, 25, 50, 100, 200, 250, 500, 1000, 2500)
MOST_LEVELS = 6

MIDDLE, REACH = (170, 138), 96  # of the radar, in its own units
RINGS = (25, 50, 75, 100)
ENOUGH_FOR_A_SHAPE = 3

History = Sequence[tuple[datetime, float, float]]


@dataclass(frozen=True)
class Mark:
    """A word on a scale."""

    at: float
    text: str


@dataclass(frozen=True)
class Point:
    x: float  # percent
    y: float  # pixels
    when: datetime
    rating: int
    spread: int  # one sigma, in points of rating


@dataclass(frozen=True)
class RatingChart:
    points: tuple[Point, ...]
    levels: tuple[Mark, ...]
    ticks: tuple[Mark, ...]
    line: str  # in a box 1000 wide and as high as the plot
    band: str

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def last(self) -> Point:
        return self.points[-1]

    @property
    def lowest(self) -> int:
        return min(point.rating for point in self.points)

    @property
    def highest(self) -> int:
        return max(point.rating for point in self.points)


@dataclass(frozen=True)
class Plane:
    """What stands where, from dates and ratings."""

    begin: datetime
    span: timedelta
    low: int
    high: int

    def across(self, when: datetime) -> float:
        part = (when - self.begin) / self.span if self.span else 1.0
        return round(LEFT + (RIGHT - LEFT) * part, 2)

    def down(self, rating: float) -> float:
        return round(BASE - (BASE - TOP) * (rating - self.low) / (self.high - self.low), 1)


def rating_chart(history: History) -> RatingChart | None:
    """None: one duel makes no line."""
    if len(history) < 2:
        return None
    rows = [(when, Skill(mu).rating, round(40 * sigma)) for when, mu, sigma in thinned(history)]
    levels = scale(min(rating - spread for _, rating, spread in rows), max(r + spread for _, r, spread in rows))
    plane = Plane(rows[0][0], rows[-1][0] - rows[0][0], levels[0], levels[-1])
    points = tuple(Point(plane.across(when), plane.down(r), when, r, spread) for when, r, spread in rows)
    return RatingChart(
        points,
        tuple(Mark(plane.down(level), str(level)) for level in levels),
        tuple(ticks(plane)),
        " ".join(f"{10 * point.x:.1f},{point.y}" for point in points),
        band(plane, points),
    )


def thinned(history: History) -> History:
    """The first, the last, and what lies evenly between them."""
    if len(history) <= MOST_POINTS:
        return history
    step = (len(history) - 1) / (MOST_POINTS - 1)
    return [history[round(number * step)] for number in range(MOST_POINTS)]


def scale(low: int, high: int) -> list[int]:
    """Round figures, from below the lowest to above the highest."""
    fitting = (step for step in STEPS if ceil(high / step) - floor(low / step) < MOST_LEVELS)
    step = next(fitting, STEPS[-1])
    first, last = floor(low / step), max(ceil(high / step), floor(low / step) + 1)
    return [step * number for number in range(first, last + 1)]


def ticks(plane: Plane) -> Iterator[Mark]:
    told = ""
    for number in range(TICKS):
        when = plane.begin + plane.span * number / (TICKS - 1)
        text = moment(when, plane.span)
        if text != told:
            yield Mark(plane.across(when), text)
        told = text


def moment(when: datetime, span: timedelta) -> str:
    local = timezone.localtime(when)
    if span < timedelta(days=1):
        return date_format(local, "H:i")
    return date_format(local, "j b" if span < timedelta(days=300) else "b Y")


def band(plane: Plane, points: Sequence[Point]) -> str:
    """One sigma to either side."""
    upper = [f"{10 * point.x:.1f},{plane.down(point.rating + point.spread)}" for point in points]
    lower = [f"{10 * point.x:.1f},{plane.down(point.rating - point.spread)}" for point in reversed(points)]
    return " ".join([*upper, *lower])


@dataclass(frozen=True)
class Spoke:
    name: str
    mean: float | None  # None: never asked for
    x: float  # the rim's end
    y: float
    text_x: float
    text_y: float
    anchor: str
    dot: tuple[float, float]


@dataclass(frozen=True)
class Radar:
    spokes: tuple[Spoke, ...]
    rings: tuple[str, ...]
    shape: str  # empty while there are too few to make one
    middle: tuple[int, int] = MIDDLE


def radar(means: Mapping[str, float]) -> Radar | None:
    """None: there is nothing to show."""
    if not means:
        return None
    spokes = tuple(spoke(number, name, means.get(name)) for number, name in enumerate(EMOTIONS))
    known = [each.dot for each in spokes if each.mean is not None]
    rings = tuple(corners([towards(number, ring) for number in range(len(EMOTIONS))]) for ring in RINGS)
    return Radar(spokes, rings, corners(known) if len(known) >= ENOUGH_FOR_A_SHAPE else "")


def spoke(number: int, name: str, mean: float | None) -> Spoke:
    x, y = towards(number, 100)
    text_x, text_y = towards(number, 114)
    sideways = round(text_x - MIDDLE[0])
    anchor = "middle" if abs(sideways) < REACH / 4 else "start" if sideways > 0 else "end"
    return Spoke(emotion(name), mean, x, y, text_x, text_y, anchor, towards(number, mean or 0.0))


def towards(number: int, match: float) -> tuple[float, float]:
    """How far out on this spoke; the first points upwards."""
    angle = 2 * pi * number / len(EMOTIONS) - pi / 2
    reach = REACH * match / 100
    return round(MIDDLE[0] + reach * cos(angle), 1), round(MIDDLE[1] + reach * sin(angle), 1)


def corners(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
