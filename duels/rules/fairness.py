"""What keeps the game fair where players would rather not: numbers that players, pages and docs tell alike."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

SECOND_TRIES = 1  # after a photo that was shown before, in one duel

RATED_A_DAY = 3  # duels of the same two players, rooms and random ones together
RATED_A_WEEK = 10

# How long the search stays shut after the first, second... time within a day that an opponent waited in vain.
PAUSES = (0, 60, 300, 900, 1800)  # seconds
REMEMBERED = timedelta(days=1)

UPDATES_A_MINUTE = 60  # of one player: an album has ten


def may_count(today: Iterable[int], this_week: Iterable[int] = ()) -> bool:
    """Given how often each two of the players have met in a rated duel."""
    return all(times < RATED_A_DAY for times in today) and all(times < RATED_A_WEEK for times in this_week)


def pause_until(no_shows: Sequence[datetime], now: datetime) -> datetime | None:
    """Until when the search is shut: each time more weighs heavier, and each is forgotten after a day."""
    recent = [at for at in no_shows if now - REMEMBERED < at <= now]
    if not recent:
        return None
    until = max(recent) + timedelta(seconds=PAUSES[min(len(recent), len(PAUSES)) - 1])
    return until if until > now else None


def is_flood(earlier: int) -> bool:
    """Given how many updates the same player has sent in the minute before."""
    return earlier >= UPDATES_A_MINUTE
