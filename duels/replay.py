"""Every rating, tally, streak and board figure anew, from the finished duels alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.models import Player
from duels import figures as board_figures
from duels.ending import figures
from duels.figures import Key
from duels.models import BoardFigure, Duel, Entry
from duels.rules import figures as rules
from duels.rules.figures import Figure
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
    boards: dict[Key, Figure] = field(default_factory=dict)
    figures: dict[Key, Figure | None] = field(default_factory=dict)  # likewise; None: it should not be there


@transaction.atomic
def replay(write: bool = True) -> Replay:
    """No duel finishes meanwhile: each waits for its players' rows."""
    players = Player.objects.select_for_update(no_key=True).order_by("pk")
    found = Replay()
    stored = {player.pk: player for player in players}
    for duel in duels():
        entries = list(duel.entries.all())
        play_again(found, entries, duel.counted)
        show_again(found, duel, entries)
    for pk, player in stored.items():
        wanted = figures(found.skills.get(pk, Skill()), found.tallies.get(pk, Tally()))
        if any(getattr(player, name) != value for name, value in wanted.items()):
            found.players.append((pk, wanted))
    found.figures = differing(found.boards)
    if write:
        correct(found)
    return found


def duels() -> Iterator[Duel]:
    finished = Duel.objects.filter(status=Duel.Status.FINISHED).exclude(origin=Duel.Origin.PRACTICE)
    in_order = (
        finished.select_related("prompt")
        .order_by("finished_at", "id")
        .prefetch_related(Prefetch("entries", queryset=Entry.objects.order_by("id")))
    )
    return in_order.iterator(chunk_size=AT_ONCE)


def play_again(found: Replay, entries: list[Entry], counted: bool) -> None:
    rate_again(found, entries, counted)
    for entry in entries:
        tally = found.tallies.get(entry.player_id, Tally())
        found.tallies[entry.player_id] = add(tally, Outcome(entry.outcome), entry.match)


def rate_again(found: Replay, entries: list[Entry], counted: bool) -> None:
    skills = [found.skills.get(entry.player_id, Skill()) for entry in entries]
    rated = rate(skills, [entry.place or 1 for entry in entries]) if counted else skills
    for entry, before, after in zip(entries, skills, rated, strict=True):
        moved = (before.mu, before.sigma, after.mu, after.sigma) if counted else (None,) * 4
        if tuple(getattr(entry, name) for name in MOVED) != moved:
            entry.mu_before, entry.sigma_before, entry.mu_after, entry.sigma_after = moved
            found.entries.append(entry)
        found.skills[entry.player_id] = after


def show_again(found: Replay, duel: Duel, entries: list[Entry]) -> None:
    emotions = duel.prompt.emotions if duel.prompt else []
    touched = {(entry.player_id, board) for board in board_figures.touched(entries, emotions) for entry in entries}
    known = {key: found.boards[key] for key in touched & found.boards.keys()}
    for entry in entries:
        found.boards |= board_figures.changed_by(entry, emotions, known)


def differing(boards: dict[Key, Figure]) -> dict[Key, Figure | None]:
    """What days and weeks that are over have brought is no longer kept."""
    now = timezone.now()
    running = [rules.of_day(now), rules.of_week(now)]
    kept = BoardFigure.objects.filter(Q(board__in=running) | Q(board__startswith=rules.EMOTION))
    stored = board_figures.stored(kept)
    wanted = {key: each for key, each in boards.items() if key[1] in running or key[1].startswith(rules.EMOTION)}
    return {key: wanted.get(key) for key in stored.keys() | wanted.keys() if stored.get(key) != wanted.get(key)}


def write_moved(entries: Sequence[Entry]) -> None:
    """Row by row in one call: bulk_update takes a hundred times as long to put its statement together."""
    rows = [(*(getattr(entry, name) for name in MOVED), entry.pk) for entry in entries]
    changed = f"UPDATE duels_entry SET {' = %s, '.join(MOVED)} = %s WHERE id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(changed, rows)


def correct(found: Replay) -> None:
    write_moved(found.entries)
    board_figures.write({key: figure for key, figure in found.figures.items() if figure})
    for player, board in (key for key, figure in found.figures.items() if figure is None):
        BoardFigure.objects.filter(player=player, board=board).delete()
    for pk, wanted in found.players:
        Player.objects.filter(pk=pk).update(**wanted)
