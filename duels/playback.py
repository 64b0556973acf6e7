"""Ratings played again from one duel on, exactly: what `replay_ratings` would find, without playing what came before.

Ratings: whoever met somebody whose rating has moved has moved too; one walk through the later duels that counted finds
them all. Tallies, streaks and emotions depend on nobody else: those of the duel's own players are counted anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Player
from duels import figures as board_figures
from duels.figures import Key
from duels.models import BoardFigure, Duel, Entry
from duels.replay import MOVED, Replay, correct, rate_again
from duels.rules import figures as rules
from duels.rules.figures import Figure
from duels.rules.rating import Skill, Tally, add
from duels.rules.verdict import Outcome

AT_ONCE = 500
ORDER = ("duel__finished_at", "duel_id")


class Grew(Exception):
    """While the players were being locked, somebody who is not among them met one of them."""


@dataclass
class Reach:
    """What follows from one duel."""

    own: frozenset[int]  # its players
    moved: set[int] = field(default_factory=set)  # players whose ratings follow from it
    duels: list[int] = field(default_factory=list)  # later ones that moved them, in their order

    @property
    def players(self) -> list[int]:
        return sorted(self.own | self.moved)


def reach_of(duel: Duel) -> Reach:
    own = frozenset(duel.entries.values_list("player", flat=True))
    found = Reach(own)
    if duel.counted:
        found.moved |= own
        rows = later(duel).order_by(*ORDER).values_list("duel_id", "player_id")
        for pk, together in groupby(rows.iterator(chunk_size=5000), itemgetter(0)):
            inside = {player for _, player in together}
            if not found.moved.isdisjoint(inside):
                found.moved |= inside
                found.duels.append(pk)
    return found


def later(duel: Duel) -> QuerySet[Entry]:
    """Of all that counted, the entries."""
    after = Q(duel__finished_at=duel.finished_at, duel__gt=duel.pk) | Q(duel__finished_at__gt=duel.finished_at)
    return Entry.objects.filter(
        after, duel__finished_at__gte=duel.finished_at, duel__status=Duel.Status.FINISHED, duel__counted=True
    )


def locked_reach(duel: Duel) -> Reach:
    """With its players locked, in the order of their ids as everywhere: none of their duels finishes meanwhile."""
    before = reach_of(duel)
    for some in slices(before.players):
        locked = Player.objects.select_for_update(no_key=True).filter(pk__in=some).order_by("pk")
        list(locked.values_list("pk"))
    now = reach_of(duel)
    if not set(now.players) <= set(before.players):
        raise Grew
    return now


def skills_before(duel: Duel, reach: Reach) -> dict[int, Skill]:
    """Its players', as the ratings stand that are written."""
    skills: dict[int, Skill] = {}
    for entry in [*duel.entries.all(), *following(duel, reach.own)]:
        if entry.mu_before is not None and entry.player_id not in skills:
            skills[entry.player_id] = before(entry)
    rest = Player.objects.filter(pk__in=reach.own - skills.keys())
    return skills | {player.pk: Skill(player.mu, player.sigma) for player in rest}


def following(duel: Duel, players: Iterable[int]) -> Iterator[Entry]:
    """Each player's first one after it."""
    for player in sorted(players):
        yield from later(duel).filter(player=player).order_by(*ORDER)[:1]


def before(entry: Entry) -> Skill:
    assert entry.mu_before is not None, "its duel counted"  # noqa: S101
    assert entry.sigma_before is not None, "its duel counted"  # noqa: S101
    return Skill(entry.mu_before, entry.sigma_before)


def play_again(duel: Duel, reach: Reach, skills: Mapping[int, Skill]) -> None:
    """The duel itself is among what is played while it is finished. `skills`: its players', before it."""
    found = Replay(skills=dict(skills) if reach.moved else {})
    first = [duel.pk] if duel.counted and duel.status == Duel.Status.FINISHED else []
    for some in slices([*first, *reach.duels]):
        rate(found, some)
    count_again(found, reach)
    correct(found)
    write_skills({pk: found.skills[pk] for pk in reach.moved - reach.own})


def write_skills(skills: Mapping[int, Skill]) -> None:
    """One statement for all of them: they may be many."""
    rows = [(skill.mu, skill.sigma, skill.sure, pk) for pk, skill in sorted(skills.items())]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE accounts_player SET mu = %s, sigma = %s, ranked = %s WHERE id = %s", rows)


def rate(found: Replay, duels: Sequence[int]) -> None:
    """Whom the walk comes upon for the first time still stands as is written there."""
    entries = Entry.objects.filter(duel__in=duels).order_by(*ORDER, "id").only("duel", "player", "place", *MOVED)
    for _, together in groupby(entries, lambda entry: entry.duel_id):
        inside = list(together)
        for entry in inside:
            if entry.player_id not in found.skills:
                found.skills[entry.player_id] = before(entry)
        rate_again(found, inside, counted=True)
    correct(found)
    found.entries.clear()


def count_again(found: Replay, reach: Reach) -> None:
    """What hangs on the duel's own players, and whatever they or others gained today and this week."""
    now = timezone.now()
    running = [rules.of_day(now), rules.of_week(now)]
    for pk in sorted(reach.own):
        count_duels(found, pk)
    kept: dict[Key, Figure] = {}
    for some in slices(reach.players):
        theirs = Q(board__in=running) | Q(board__startswith=rules.EMOTION, player__in=reach.own)
        kept |= board_figures.stored(BoardFigure.objects.filter(theirs, player__in=some))
        found.boards |= gains(some, now)
    found.figures = {key: found.boards.get(key) for key in kept.keys() | found.boards.keys()}


def count_duels(found: Replay, player: int) -> None:
    tally, own = Tally(), dict[Key, Figure]()
    ended = Entry.objects.filter(player=player).exclude(outcome="").order_by(*ORDER)
    for entry in ended.select_related("duel__prompt"):
        tally = add(tally, Outcome(entry.outcome), entry.match)
        emotions = entry.duel.prompt.emotions if entry.duel.prompt else []
        entry.mu_before = None  # what was gained is counted with everybody's
        own |= board_figures.changed_by(entry, emotions, own)
    found.players.append((player, changed(found, player, tally)))
    found.boards |= own


def gains(players: Sequence[int], now: datetime) -> dict[Key, Figure]:
    """Of this day and this week."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    moved = Entry.objects.filter(player__in=players, mu_after__isnull=False).exclude(outcome="")
    entries = moved.filter(ended_at__gte=day - timedelta(days=day.weekday())).order_by("player", *ORDER)
    found: dict[Key, Figure] = {}
    for _, theirs in groupby(entries, lambda entry: entry.player_id):
        own: dict[Key, Figure] = {}
        for entry in theirs:
            own |= board_figures.changed_by(entry, [], own)
        found |= own
    running = {rules.of_day(now), rules.of_week(now)}
    return {(player, board): figure for (player, board), figure in found.items() if board in running}


def changed(found: Replay, pk: int, tally: Tally) -> dict[str, Any]:
    """The fields of one of the duel's own players. A rating that did not move stays out of it."""
    skill = found.skills.get(pk)
    moved: dict[str, Any] = {"mu": skill.mu, "sigma": skill.sigma, "ranked": skill.sure} if skill else {}
    return {**moved, "expressive": tally.expressive, **asdict(tally)}


def slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
