"""How a duel ends. The caller (play) holds the duel's lock, in the transaction in which all of this happens."""

import logging
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from django.db.models import Max
from django.utils import timezone

from accounts.models import Player
from duels import figures as board_figures
from duels import live, tallies
from duels.models import Duel, Entry, Seat
from duels.notices import Kind, tell_all
from duels.rules import fairness, rating, verdict
from duels.rules.rating import Skill, Tally
from duels.rules.verdict import Showing, Verdict
from emotionduel import trail

log = logging.getLogger(__name__)


def finish_if_complete(duel: Duel) -> bool:
    if duel.entries.exclude(status__in=Entry.FINAL).exists():
        return False
    finish(duel)
    return True


def finish(duel: Duel) -> None:
    entries = list(duel.entries.order_by("id"))
    players = lock_players(entries)
    found = verdict.decide([showing(entry) for entry in entries])
    if found.kind is verdict.Kind.NOBODY or (duel.practice and found.kind is verdict.Kind.FACELESS):
        cancel(duel, players)
    elif duel.practice:
        end(duel, Duel.Status.FINISHED, verdict=found.kind)
        tell_all(players, Kind.PRACTICE_RESULT, duel)
    else:
        settle(duel, entries, players, found)


def lock_players(entries: list[Entry]) -> list[Player]:
    """In the order of the entries; locked in the order of their ids."""
    locked = (
        Player.objects.select_for_update(no_key=True)
        .filter(pk__in=[entry.player_id for entry in entries])
        .order_by("pk")
    )
    players = {player.pk: player for player in locked}
    return [players[entry.player_id] for entry in entries]


def showing(entry: Entry) -> Showing:
    return Showing(sent=entry.attempt > 0, match=entry.match if entry.status == Entry.Status.JUDGED else None)


def cancel(duel: Duel, players: list[Player]) -> None:
    end(duel, Duel.Status.CANCELLED, verdict=verdict.Kind.NOBODY)
    if not duel.practice:
        tell_all(players, Kind.CANCELLED, duel)
    live.announce(duel)


def settle(duel: Duel, entries: list[Entry], players: list[Player], found: Verdict) -> None:
    now = end_time(players)
    counted = duel.rated and found.kind is not verdict.Kind.FACELESS and may_count(players, now)
    skills = [Skill(player.mu, player.sigma) for player in players]
    rated = rating.rate(skills, found.places) if counted else skills
    for seat, (entry, player) in enumerate(zip(entries, players, strict=True)):
        entry.place, entry.outcome, entry.ended_at = found.places[seat], found.outcomes[seat].value, now
        if counted:
            entry.mu_before, entry.sigma_before = skills[seat].mu, skills[seat].sigma
            entry.mu_after, entry.sigma_after = rated[seat].mu, rated[seat].sigma
        entry.save(update_fields=ENDING)  # two or three of these take less time than Django takes to word one for all
        tally = rating.add(tally_of(player), found.outcomes[seat], entry.match)
        Player.objects.filter(pk=player.pk).update(**figures(rated[seat], tally))
    board_figures.record(duel, entries)
    end(duel, Duel.Status.FINISHED, now, verdict=found.kind, counted=counted)
    tell_all(players, Kind.RESULT, duel)
    live.announce(duel, rows=True)


ENDING = ["place", "outcome", "ended_at", "mu_before", "sigma_before", "mu_after", "sigma_after"]


def end_time(players: list[Player]) -> datetime:
    """Later than every earlier end of these players, though clocks of machines differ: a replay goes by it."""
    last = Entry.objects.filter(player__in=players).exclude(outcome="").aggregate(last=Max("ended_at"))["last"]
    now = timezone.now()
    return max(now, last + timedelta(microseconds=1)) if last else now


def may_count(players: list[Player], now: datetime) -> bool:
    """Of many duels of the same two in a short time not all do: else two accounts could carry points over."""
    pairs = list(combinations(players, 2))
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    today = (rated_since(midnight, *pair) for pair in pairs)
    return fairness.may_count(today, (rated_since(now - timedelta(days=7), *pair) for pair in pairs))


def rated_since(begin: datetime, one: Player, other: Player) -> int:
    since = Entry.objects.exclude(outcome="").filter(player=one, ended_at__gte=begin)
    return since.filter(duel__counted=True, duel__entries__player=other).count()


def tally_of(player: Player) -> Tally:
    return Tally(**{name: getattr(player, name) for name in Tally.__dataclass_fields__})


def figures(skill: Skill, tally: Tally) -> dict[str, Any]:
    """The fields of a Player that follow from duels."""
    return {
        "mu": skill.mu,
        "sigma": skill.sigma,
        "ranked": skill.sure,
        "expressive": tally.expressive,
        **asdict(tally),
    }


def void(duel: Duel, reason: str) -> None:
    players = [entry.player for entry in duel.entries.select_related("player").order_by("id")]
    end(duel, Duel.Status.VOID, void_reason=reason)
    tell_all(players, Kind.VOIDED, duel, reason=reason)
    live.announce(duel)


def end(duel: Duel, status: Duel.Status, now: datetime | None = None, **fields: Any) -> None:
    ended = Duel.objects.filter(pk=duel.pk, status__in=Duel.RUNNING)
    changed = ended.update(status=status, finished_at=now or timezone.now(), **fields)
    assert changed == 1, "the caller holds the lock of a running duel"  # noqa: S101
    Seat.objects.filter(duel=duel).delete()
    verdict = str(fields.get("verdict") or status.value)
    tallies.count_committed("duels_ended", verdict)
    trail.say(log, "ended: %s, %s", status.value, fields.get("void_reason") or verdict, duel=duel.public_id)
