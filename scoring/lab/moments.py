"""The strongest moments of a filmed viewer, to cut a trailer by.

Strength is how far an emotion rises above what this face shows at rest: a face that looks sad by nature is no moment.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from scoring.emotions import NAMES
from scoring.lab import plots
from scoring.lab.frames import Frame, Source
from scoring.lab.reading import FaceReader

AT_REST = 20  # percentile of each share over the whole film
SMOOTHED = 1.0  # seconds
WEAKEST = 0.08  # a smaller rise is no moment
EDGE = 0.5  # a moment lasts while the strength is at least this part of its peak


@dataclass(frozen=True)
class Timeline:
    """`shares` (n, 7) in the order of NAMES, NaN where no face was found."""

    times: np.ndarray
    shares: np.ndarray

    @property
    def step(self) -> float:
        return float(np.median(np.diff(self.times))) if len(self.times) > 1 else 1.0


@dataclass(frozen=True)
class Moment:
    begin: float
    end: float
    peak: float
    emotion: str
    strength: float


def read_timeline(source: Source, reader: FaceReader, every: float) -> Timeline:
    times, rows = [], []
    for frame in _progress(source.frames(every)):
        faces = reader.read(frame.image)
        times.append(frame.time)
        rows.append([faces[0].shares[name] for name in NAMES] if faces else [np.nan] * len(NAMES))
    return Timeline(np.array(times), np.array(rows, float).reshape(-1, len(NAMES)))


def _progress(frames: Iterable[Frame]) -> Iterable[Frame]:
    return tqdm(frames, desc="frames", unit="", leave=False, mininterval=1)


def rises(timeline: Timeline) -> np.ndarray:
    """(n, 7): how far each share lies above its rest, smoothed; nothing for neutral, nor where no face was found."""
    seen = ~np.isnan(timeline.shares[:, 0])
    if not seen.any():
        return np.zeros_like(timeline.shares)
    above = timeline.shares - np.percentile(timeline.shares[seen], AT_REST, axis=0)
    above = np.where(seen[:, None], np.clip(above, 0, None), 0)
    above[:, NAMES.index("neutral")] = 0
    return np.column_stack([_smooth(column, timeline.step) for column in above.T])


def _smooth(column: np.ndarray, step: float) -> np.ndarray:
    width = max(1, round(SMOOTHED / max(step, 1e-6))) // 2 * 2 + 1
    window = np.hanning(width + 2)[1:-1]
    weight = np.convolve(np.ones_like(column), window, "full")
    middle = slice(width // 2, width // 2 + len(column))
    return np.convolve(column, window, "full")[middle] / weight[middle]


def strongest(timeline: Timeline, count: int, shortest: float = 1.5, longest: float = 8.0) -> list[Moment]:
    """At most `count` moments that do not overlap, the strongest first."""
    above = rises(timeline)
    found: list[Moment] = []
    strength = above.max(1) if len(above) else np.zeros(0)
    free = np.ones(len(strength), bool)
    while len(found) < count and free.any():
        peak = int(np.argmax(np.where(free, strength, -1)))
        if strength[peak] < WEAKEST:
            break
        first, last = _reach(timeline.times, strength, free, peak, longest)
        begin, end = _at_least(timeline, free, first, last, shortest)
        emotion = NAMES[int(above[first : last + 1].mean(0).argmax())]
        found.append(Moment(begin, end, float(timeline.times[peak]), emotion, round(float(strength[peak]), 3)))
        free &= (timeline.times < begin) | (timeline.times >= end)
        free[_with_slopes(strength, first, last)] = False
    return found


def _reach(times: np.ndarray, strength: np.ndarray, free: np.ndarray, peak: int, longest: float) -> tuple[int, int]:
    """How far the moment goes to both sides, always on to the stronger one."""
    first = last = peak
    while True:
        sides = [side for side in (first - 1, last + 1) if 0 <= side < len(times) and free[side]]
        sides = [side for side in sides if strength[side] >= EDGE * strength[peak]]
        sides = [side for side in sides if max(times[last], times[side]) - min(times[first], times[side]) < longest]
        if not sides:
            return first, last
        best = max(sides, key=lambda side: strength[side])
        first, last = min(first, best), max(last, best)


def _with_slopes(strength: np.ndarray, first: int, last: int) -> slice:
    """What falls away on both sides belongs to the moment: it is not a weaker one of its own."""
    while first > 0 and strength[first - 1] < strength[first]:
        first -= 1
    while last + 1 < len(strength) and strength[last + 1] < strength[last]:
        last += 1
    return slice(first, last + 1)


def _at_least(timeline: Timeline, free: np.ndarray, first: int, last: int, shortest: float) -> tuple[float, float]:
    """Widened evenly to the shortest length, but not into another moment, nor beyond the film."""
    times = timeline.times
    begin, end = float(times[first]), float(times[last]) + timeline.step
    spare = max(0.0, shortest - (end - begin)) / 2
    before = times[:first][~free[:first]]
    after = times[last + 1 :][~free[last + 1 :]]
    lowest = float(before[-1]) + timeline.step if len(before) else float(times[0])
    highest = float(after[0]) if len(after) else float(times[-1]) + timeline.step
    return max(lowest, begin - spare), min(highest, end + spare)


def time_code(seconds: float) -> str:
    """00:01:02.345"""
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"


def write(timeline: Timeline, found: Sequence[Moment], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    above = rises(timeline)
    strength = above.max(1) if len(above) else np.zeros(0)
    with (folder / "timeline.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["seconds", "time", "strength", *NAMES])
        for time, power, shares in zip(timeline.times, strength, timeline.shares, strict=True):
            known = [f"{share:.4f}" for share in shares] if not np.isnan(shares[0]) else [""] * len(NAMES)
            table.writerow([f"{time:.3f}", time_code(time), f"{power:.4f}", *known])
    with (folder / "moments.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["begin", "end", "peak", "emotion", "strength"])
        for each in found:
            marks = [time_code(mark) for mark in (each.begin, each.end, each.peak)]
            table.writerow([*marks, each.emotion, each.strength])
    (folder / "moments.json").write_text(json.dumps([asdict(each) for each in found], indent=2) + "\n")
    columns = {name: timeline.shares[:, i] for i, name in enumerate(NAMES)}
    spans = [(each.begin, each.end) for each in found]
    plots.timeline(timeline.times, columns, strength, spans, folder / "timeline.png")
    return [folder / name for name in ("timeline.csv", "timeline.png", "moments.csv", "moments.json")]
