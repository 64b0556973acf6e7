"""What moderators look at first: how heavy each report weighs, and how often its reporter was right before."""

from collections.abc import Iterable
from typing import NamedTuple

WEIGHTS = {"offensive": 8.0, "not_theirs": 4.0, "screen": 3.0, "not_a_face": 2.0, "other": 1.0}


class Said(NamedTuple):
    reason: str
    right: int  # earlier reports of the same player's that moderators upheld
    wrong: int  # and dismissed


def trust(right: int, wrong: int) -> float:
    """From 0, always wrong, to 2, always right. Who has never reported before counts as 1."""
    return 2 * (right + 1) / (right + wrong + 2)


def priority(reports: Iterable[Said], flagged: str = "") -> float:
    """`flagged`: what the site itself has found, as if somebody unknown had said it."""
    said = [*reports, *([Said(flagged, 0, 0)] if flagged else [])]
    return round(sum(WEIGHTS[each.reason] * trust(each.right, each.wrong) for each in said), 3)
