"""Figures that boards go by and that a player's tally does not hold: of single emotions, and of this day and week."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

KEPT = 20  # matches of an emotion that the mean is of
ENOUGH = 5  # of them, before a player stands on its board
BEST_OF = 3  # of them, before the emotion may be called a player's best
EMOTION, DAY, WEEK = "emotion-", "day-", "week-"


@dataclass(frozen=True)
class Figure:
    value: float | None = None
    kept: tuple[float, ...] = ()

    def with_match(self, match: float) -> "Figure":
        kept = (*self.kept, match)[-KEPT:]
        return Figure(sum(kept) / len(kept) if len(kept) >= ENOUGH else None, kept)

    def with_gain(self, points: int) -> "Figure":
        return Figure((self.value or 0.0) + points)


def of_emotion(emotion: str) -> str:
    return EMOTION + emotion


def of_day(when: datetime) -> str:
    return f"{DAY}{when.astimezone(UTC):%Y-%m-%d}"


def of_week(when: datetime) -> str:
    day = when.astimezone(UTC)
    return f"{WEEK}{day - timedelta(days=day.weekday()):%Y-%m-%d}"


def changed(
    known: Mapping[str, Figure], emotions: Collection[str], match: float | None, gained: int | None, when: datetime
) -> dict[str, Figure]:
    """By board: what one finished duel changes of what is known of a player. `gained`: None where it did not count."""
    boards: dict[str, Figure] = {}
    if match is not None:
        for emotion in emotions:
            name = of_emotion(emotion)
            boards[name] = known.get(name, Figure()).with_match(match)
    if gained is not None:
        for name in (of_day(when), of_week(when)):
            boards[name] = known.get(name, Figure()).with_gain(gained)
    return boards


def best(kept: Mapping[str, Sequence[float]]) -> str | None:
    """Of what is kept by board, the emotion shown best. Who has shown one alone has no best one."""
    means = {
        board.removeprefix(EMOTION): sum(matches) / len(matches)
        for board, matches in kept.items()
        if board.startswith(EMOTION) and len(matches) >= BEST_OF
    }
    return max(means, key=lambda emotion: (means[emotion], emotion)) if len(means) > 1 else None
