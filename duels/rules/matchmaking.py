"""Who plays whom: one function from those who wait to couples."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf

NEAR = 100.0  # rating points that may lie between two who have just come
WIDENS = 20.0  # points more for each second of waiting
ANYBODY_AFTER = 60.0  # seconds: fun within a minute matters more than a close match


@dataclass(frozen=True)
class Waiting:
    player: int
    rating: float
    waited: float  # seconds
    last_opponents: frozenset[int] = field(default=frozenset())
    blocked: frozenset[int] = field(default=frozenset())  # by this player


Couple = tuple[Waiting, Waiting]


def reach(waited: float) -> float:
    """How far from one's own rating an opponent may stand."""
    return inf if waited >= ANYBODY_AFTER else NEAR + WIDENS * max(waited, 0.0)


def couples(waiting: Collection[Waiting]) -> list[Couple]:
    """Who has waited longest chooses first, and takes the nearest in rating."""
    patient = sorted(waiting, key=lambda one: (-one.waited, one.player))
    found: list[Couple] = []
    taken: set[int] = set()
    for one in patient:
        free = [other for other in patient if other.player not in taken and other is not one]
        if one.player in taken or not (partners := list(suiting(one, free, patient))):
            continue
        partner = min(partners, key=lambda other: abs(other.rating - one.rating))
        found.append((one, partner))
        taken |= {one.player, partner.player}
    return found


def suiting(one: Waiting, free: Sequence[Waiting], everybody: Sequence[Waiting]) -> Iterator[Waiting]:
    for other in free:
        near = abs(one.rating - other.rating) <= max(reach(one.waited), reach(other.waited))
        if may_meet(one, other) and near and (not just_met(one, other) or nobody_else(one, other, everybody)):
            yield other


def may_meet(one: Waiting, other: Waiting) -> bool:
    return one.player != other.player and other.player not in one.blocked and one.player not in other.blocked


def just_met(one: Waiting, other: Waiting) -> bool:
    return other.player in one.last_opponents or one.player in other.last_opponents


def nobody_else(one: Waiting, other: Waiting, everybody: Sequence[Waiting]) -> bool:
    """Neither of the two could wait for a third: then once more with the same opponent is better than nobody."""
    return not any(
        may_meet(who, third) and not just_met(who, third)
        for who in (one, other)
        for third in everybody
        if third is not one and third is not other
    )
