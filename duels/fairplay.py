"""Pictures that were shown before, marks for moderators, and who keeps opponents waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from accounts.models import Player
from accounts.refusals import Refused
from duels.models import Duel, Entry, EntryHash
from duels.notices import Kind, tell_all
from duels.refusals import Refusal
from duels.rules import fairness

if TYPE_CHECKING:
    from scoring.copies import Picture

DOUBTFUL = 0.5  # from here on a photo looks so much like one of a screen that a moderator is shown it
CANDIDATES = 100  # hashes that are compared with a new one, those first that share most with it
OF_A_BAND = 100  # hashes are counted: where a band is shared by more, it tells nothing
LATEST = 20  # of a player's duels are looked at for those where nothing was shown


class Copied(StrEnum):
    """Whose picture it was. Entry.reason holds it."""

    MINE = "copy_mine"
    OTHERS = "copy_others"
    DUEL = "copy_duel"  # two players of one duel with the same picture: the first has shown it


@dataclass(frozen=True)
class Trace:
    """What a photo leaves beside its score."""

    picture: "Picture | None" = None  # None: there was no face, and nothing to know again
    screen: float | None = None
    earlier: int | None = None  # the entry with which this very picture was shown before
    suspect: bool = False  # a detector took it for something that nobody should be shown


def shown_before(entry: Entry, content_hash: str, trace: Trace) -> int | None:
    """The entry that has shown this very picture, among all that are remembered."""
    if entry.duel.practice or trace.picture is None:  # whoever practises deceives nobody
        return None
    exact = Q(content_hash=content_hash)
    if entry.file_unique_id:
        exact |= Q(file_unique_id=entry.file_unique_id)
    found = counting(entry, EntryHash.objects.filter(exact)).values_list("entry", flat=True).first()
    return found if found is not None else near_copy(entry, trace.picture, candidates(trace.picture))


def shown_in_duel(entry: Entry, trace: Trace) -> int | None:
    """The same among the others of the duel, whose lock the caller holds: so of two at once the second is refused."""
    if trace.picture is None:
        return None
    others = EntryHash.objects.filter(entry__duel=entry.duel_id)
    return near_copy(entry, trace.picture, [(pk, bytes(rough)) for pk, rough in others.values_list("pk", "rough")])


def candidates(picture: "Picture") -> list[tuple[int, bytes]]:
    """In SQL of our own: the ORM takes longer over hundreds of numbers than the database does. What shares most comes
    first, so that a band which very many faces have in common makes nobody wait.
    """
    listed = [",".join(map(str, sorted(keys))) for keys in picture.keys]
    if connection.vendor == "postgresql":
        return planned_once(listed)
    with connection.cursor() as cursor:
        cursor.execute(likest([f"IN ({keys})" for keys in listed]))
        return list(cursor.fetchall())


def planned_once(listed: Sequence[str]) -> list[tuple[int, bytes]]:
    """PostgreSQL plans it for as long as it looks: hence once a connection alone, which Django's own cursors cannot."""
    from psycopg import Cursor

    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        question = likest(["= ANY(%s::int[])"] * len(listed)).encode()
        cursor.execute(question, [f"{{{keys}}}" for keys in listed], prepare=True)
        return cursor.fetchall()


def likest(conditions: Sequence[str]) -> str:
    table = EntryHash._meta.db_table
    parts = " UNION ALL ".join(
        f"SELECT id FROM (SELECT id FROM {table} WHERE band_{number} {condition} LIMIT {OF_A_BAND}) band_{number}"  # noqa: S608 (whole numbers that we have made)
        for number, condition in enumerate(conditions)
    )
    ids = f"SELECT id FROM ({parts}) found GROUP BY id ORDER BY count(*) DESC, id DESC LIMIT {CANDIDATES}"  # noqa: S608
    return f"SELECT id, rough FROM {table} WHERE id IN ({ids})"  # noqa: S608


def near_copy(entry: Entry, picture: "Picture", found: list[tuple[int, bytes]]) -> int | None:
    from scoring.copies import Print

    like = [found[index][0] for index in picture.like(bytes(rough) for _, rough in found)]
    hashes = counting(entry, EntryHash.objects.filter(pk__in=like)).order_by("pk")
    return next(
        (each.entry_id for each in hashes if picture.is_copy_of(Print(bytes(each.rough), bytes(each.close), ()))), None
    )


def counting(entry: Entry, hashes: QuerySet[EntryHash]) -> QuerySet[EntryHash]:
    """A picture whose duel was called off because our judge failed may be shown once more by who took it."""
    void = Duel.objects.filter(status=Duel.Status.VOID, void_reason="judge")
    return hashes.exclude(Q(entry=entry.pk) | Q(entry__player=entry.player_id, entry__duel__in=void))


def whose(entry: Entry, earlier: Entry) -> Copied:
    if earlier.player_id == entry.player_id:
        return Copied.MINE
    return Copied.DUEL if earlier.duel_id == entry.duel_id else Copied.OTHERS


def remember(entry: Entry, content_hash: str, picture: "Picture") -> None:
    """Once its face is judged. In practice, too: else the best of many tries could be chosen there for a duel."""
    kept = picture.print
    EntryHash.objects.create(
        entry=entry,
        file_unique_id=entry.file_unique_id,
        content_hash=content_hash,
        rough=kept.rough,
        close=kept.close,
        **{f"band_{number}": value for number, value in enumerate(kept.bands)},
    )


@transaction.atomic
def look_at(entry_id: int, clear: bool) -> bool:
    """A moderator's word on a picture that is held back. False: another has had it."""
    entry = Entry.objects.select_related("duel").get(pk=entry_id)
    duel = Duel.objects.select_for_update(no_key=True).get(pk=entry.duel_id)
    word = Entry.Hold.CLEARED if clear else Entry.Hold.REJECTED
    if not Entry.objects.filter(pk=entry_id, held=Entry.Hold.HELD).update(held=word):
        return False
    still_held = duel.entries.filter(held=Entry.Hold.HELD).exists()
    if duel.status == Duel.Status.FINISHED and not duel.practice and not still_held:
        tell_all([each.player for each in duel.entries.select_related("player")], Kind.PICTURE_CLEARED, duel)
    return True


def must_not_pause(player: Player, now: datetime) -> None:
    """Whoever has let opponents wait in vain waits a little, too."""
    shown_nothing = no_shows(player)
    until = fairness.pause_until(shown_nothing, now)
    if until is not None:
        raise Refused(Refusal.PAUSED, times=len(shown_nothing), seconds=round((until - now).total_seconds()) + 1)


def no_shows(player: Player) -> list[datetime]:
    """When duels ended for which the player had the prompt and sent no photo. Not those that we called off."""
    columns = ("duel__finished_at", "duel__status", "duel__origin", "attempt", "delivered_at")
    latest = Entry.objects.filter(player=player).order_by("-id").values_list(*columns)[:LATEST]
    return [at for at, status, origin, *sent in latest if at and was_no_show(status, origin, *sent)]


def was_no_show(status: str, origin: str, attempt: int, delivered_at: datetime | None) -> bool:
    over = status in {Duel.Status.FINISHED, Duel.Status.CANCELLED}
    return over and origin != Duel.Origin.PRACTICE and not attempt and delivered_at is not None
