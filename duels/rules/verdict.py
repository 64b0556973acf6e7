"""Who won: from what each player showed to places and outcomes, for two to four players."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    WIN = "win"
    LOSS = "loss"
    DRAW = "draw"


class Kind(StrEnum):
    CONTEST = "contest"  # at least two faces were compared
    TECHNICAL = "technical"  # one face alone: it wins, however it looked
    FACELESS = "faceless"  # photos, but no face on any: all lose
    NOBODY = "nobody"  # no photo at all: there was no duel


@dataclass(frozen=True)
class Showing:
    """What one player has to show when the duel ends."""

    sent: bool
    match: float | None = None  # None: no face, which is minus infinity


@dataclass(frozen=True)
class Verdict:
    kind: Kind
    places: tuple[int, ...]  # 1 is the best; equals share a place and the next ones are left out: 1, 1, 3
    outcomes: tuple[Outcome, ...]


def shown(match: float) -> float:
    """The match as players see it, and so as it is compared: nobody loses by what nobody can see."""
    return round(match, 1)


def decide(showings: Sequence[Showing]) -> Verdict:
    if not any(each.sent for each in showings):
        return Verdict(Kind.NOBODY, (), ())
    matches = [-1.0 if each.match is None else shown(each.match) for each in showings]
    places = tuple(1 + sum(other > match for other in matches) for match in matches)
    faces = sum(each.match is not None for each in showings)
    if not faces:
        return Verdict(Kind.FACELESS, places, (Outcome.LOSS,) * len(places))
    best = Outcome.WIN if places.count(1) == 1 else Outcome.DRAW
    outcomes = tuple(best if place == 1 else Outcome.LOSS for place in places)
    return Verdict(Kind.TECHNICAL if faces == 1 else Kind.CONTEST, places, outcomes)
