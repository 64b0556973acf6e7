"""Board figures as they are kept: read, changed with a duel's end, written."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from duels.models import BoardFigure, Duel, Entry, Landmark
from duels.rules import figures
from duels.rules.figures import Figure
from duels.rules.rating import Skill

Key = tuple[int, str]  # the player, the board
AT_ONCE = 5000


def record(duel: Duel, entries: Sequence[Entry]) -> None:
    """In the transaction that ends the duel: the players' locks keep each player's figures from two writers."""
    emotions = duel.prompt.emotions if duel.prompt else []
    rows = BoardFigure.objects.filter(player__in=[entry.player_id for entry in entries])
    known = stored(rows.filter(board__in=touched(entries, emotions)))
    write({key: figure for entry in entries for key, figure in changed_by(entry, emotions, known).items()})


def touched(entries: Sequence[Entry], emotions: Sequence[str]) -> set[str]:
    periods = {
        name(entry.ended_at) for entry in entries if entry.ended_at for name in (figures.of_day, figures.of_week)
    }
    return periods | {figures.of_emotion(emotion) for emotion in emotions}


def changed_by(entry: Entry, emotions: Sequence[str], known: Mapping[Key, Figure]) -> dict[Key, Figure]:
    """By what the entry says once its duel has ended."""
    assert entry.ended_at is not None, "the duel has ended"  # noqa: S101
    own = {board: figure for (player, board), figure in known.items() if player == entry.player_id}
    changed = figures.changed(own, emotions, entry.match, gained(entry), entry.ended_at)
    return {(entry.player_id, board): figure for board, figure in changed.items()}


def gained(entry: Entry) -> int | None:
    """In points, as people see them."""
    if entry.mu_before is None or entry.mu_after is None:
        return None
    return Skill(entry.mu_after).rating - Skill(entry.mu_before).rating


def stored(rows: Iterable[BoardFigure]) -> dict[Key, Figure]:
    return {(row.player_id, row.board): Figure(row.value, tuple(row.kept)) for row in rows}


def write(changed: Mapping[Key, Figure]) -> None:
    rows = [
        BoardFigure(player_id=player, board=board, value=figure.value, kept=list(figure.kept))
        for (player, board), figure in sorted(changed.items())
    ]
    BoardFigure.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["player", "board"], update_fields=["value", "kept"], batch_size=500
    )


def drop_past() -> int:
    """Of days and weeks that are over, once no duel that is being ended can belong to them."""
    now = timezone.now() - timedelta(hours=1)
    past = Q(board__gte=figures.DAY, board__lt=figures.of_day(now)) | Q(
        board__gte=figures.WEEK, board__lt=figures.of_week(now)
    )
    Landmark.objects.filter(past).delete()
    there = BoardFigure.objects.filter(past, value__isnull=False)  # said for the index's sake
    ids = list(there.values_list("pk", flat=True)[:AT_ONCE])
    return BoardFigure.objects.filter(pk__in=ids).delete()[0] if ids else 0
