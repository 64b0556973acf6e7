"""Every rating, tally and streak anew, from the finished duels alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Prefetch

from accounts.models import Player
from duels.ending import figures
from duels.models import Duel, Entry
from duels.rules.rating import Skill, Tally, add, rate
from duels.rules.verdict import Outcome

AT_ONCE = 500
MOVED = ("mu_before", "sigma_before", "mu_after", "sigma_after")


@dataclass
class Replay:
    skills: dict[int, Skill] = field(default_factory=dict)
    tallies: dict[int, Tally] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)  # whose ratings were written otherwise
    players: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # likewise


@transaction.atomic
def replay(write: bool = True) -> Replay:
    """No duel finishes meanwhile: each waits for its players' rows."""
    players = Player.objects.select_for_update(no_key=True).order_by("pk")
    found = Replay()
    stored = {player.pk: player for player in players}
    for duel in duels():
        play_again(found, list(duel.entries.all()), duel.counted)
    for pk, player in stored.items():
        wanted = figures(found.skills.get(pk, Skill()), found.tallies.get(pk, Tally()))
        if any(getattr(player, name) != value for name, value in wanted.items()):
            found.players.append((pk, wanted))
    if write:
        correct(found)
    return found


def duels() -> Iterator[Duel]:
    finished = Duel.objects.filter(status=Duel.Status.FINISHED).exclude(origin=Duel.Origin.PRACTICE)
    in_order = finished.order_by("finished_at", "id").prefetch_related(
        Prefetch("entries", queryset=Entry.objects.order_by("id"))
    )
    return in_order.iterator(chunk_size=AT_ONCE)


def play_again(found: Replay, entries: list[Entry], counted: bool) -> None:
    skills = [found.skills.get(entry.player_id, Skill()) for entry in entries]
    rated = rate(skills, [entry.place or 1 for entry in entries]) if counted else skills
    for entry, before, after in zip(entries, skills, rated, strict=True):
        moved = (before.mu, before.sigma, after.mu, after.sigma) if counted else (None,) * 4
        if tuple(getattr(entry, name) for name in MOVED) != moved:
            entry.mu_before, entry.sigma_before, entry.mu_after, entry.sigma_after = moved
            found.entries.append(entry)
        found.skills[entry.player_id] = after
        tally = found.tallies.get(entry.player_id, Tally())
        found.tallies[entry.player_id] = add(tally, Outcome(entry.outcome), entry.match)


def correct(found: Replay) -> None:
    Entry.objects.bulk_update(found.entries, MOVED, batch_size=AT_ONCE)
    for pk, wanted in found.players:
        Player.objects.filter(pk=pk).update(**wanted)
