"""What the public may see. Pages, API and pictures ask here, and nowhere else.

- Whoever leaves the leaderboard has no page, stands in no list, and is "someone" in the duels of others: without name,
  rating, face or what the judge saw in it. The figure alone stays, for it decided the duel.
- Lists hold duels that were listed when they began and whose players are all to be seen. Practice and the arena are
  nobody's but the players'.
- A duel of a private room has a page for who has its address: players share it, and ids cannot be guessed.
  Search engines are told to leave it alone.
- What a photo showed is told once the duel is over: else who comes second would know what to beat.
- Who took part sees all of it, as the bot has told them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Player
from duels import queries
from duels.models import Duel, Entry, Prompt
from duels.queries import PAGE, EntryKey, Order, Page

BY_LINK = (Duel.Origin.RANDOM, Duel.Origin.ROOM)
RUNNING_SHOWN = 50
NOT_TO_BE_SEEN = Q(player__on_leaderboard_at=None) | Q(player__anonymised_at__isnull=False)


@dataclass(frozen=True)
class Shown:
    """A duel as one reader may see it."""

    duel: Duel
    entries: tuple[Entry, ...]  # by place, who has none last
    hidden: frozenset[int]  # entries whose player is nameless here
    listed: bool  # anybody may find it
    faces: bool

    @property
    def decided(self) -> bool:
        return self.duel.status == Duel.Status.FINISHED


def is_public(player: Player) -> bool:
    return player.on_leaderboard_at is not None and player.anonymised_at is None


def player_of(public_id: str, reader: Player | None = None) -> Player | None:
    """Whose page it is. One's own is there even for who hides it from others."""
    player = Player.objects.filter(public_id=public_id, anonymised_at=None).first()
    return player if player and (is_public(player) or player == reader) else None


def listed(duels: QuerySet[Duel]) -> QuerySet[Duel]:
    unseen = Entry.objects.filter(NOT_TO_BE_SEEN, duel=OuterRef("pk"))
    return duels.filter(listed=True, origin__in=BY_LINK).exclude(Exists(unseen))


def duel_of(public_id: str, reader: Player | None = None) -> Duel | None:
    """With all that a page shows of it."""
    found = with_entries(Duel.objects.filter(public_id=public_id)).first()
    if found is None or found.origin in BY_LINK:
        return found
    return found if took_part(reader, found) else None


def with_entries(duels: QuerySet[Duel]) -> QuerySet[Duel]:
    by_place = Entry.objects.select_related("player").order_by(F("place").asc(nulls_last=True), "id")
    return duels.select_related("prompt").prefetch_related(Prefetch("entries", by_place))


def took_part(reader: Player | None, duel: Duel) -> bool:
    return reader is not None and any(entry.player_id == reader.pk for entry in duel.entries.all())


def shown(duel: Duel, reader: Player | None = None) -> Shown:
    """`duel` with its entries and their players loaded."""
    entries = tuple(sorted(duel.entries.all(), key=lambda entry: (entry.place or inf, entry.pk)))
    unseen = frozenset(entry.pk for entry in entries if not is_public(entry.player))
    return Shown(
        duel,
        entries,
        hidden=frozenset() if took_part(reader, duel) else unseen,
        listed=duel.listed and duel.origin in BY_LINK and not unseen,
        faces=not unseen and all(entry.player.face_for_public_at and not entry.hidden for entry in entries),
    )


def entries_of(player: Player, reader: Player | None = None) -> QuerySet[Entry]:
    """What a player's history holds. One's own holds everything."""
    found = queries.finished_entries(player)
    if player == reader:
        return found
    return found.filter(Exists(listed(Duel.objects.filter(pk=OuterRef("duel")))))


def history(
    player: Player, reader: Player | None = None, order: Order = Order.NEWEST, after: EntryKey | None = None
) -> Page[Entry, EntryKey]:
    return queries.history(player, order, after, among=entries_of(player, reader))


def finished(after: EntryKey | None = None, size: int = PAGE) -> Page[Duel, EntryKey]:
    """The newest first."""
    duels = with_entries(listed(Duel.objects.filter(status=Duel.Status.FINISHED)))
    if after is not None:
        value, pk = after
        duels = duels.filter(Q(finished_at__lt=value) | Q(finished_at=value, pk__lt=pk))
    found = list(duels.order_by("-finished_at", "-id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], (ended(last), last.pk) if last else None)


def ended(duel: Duel) -> datetime:
    assert duel.finished_at is not None, "the database has it so of a finished duel"  # noqa: S101
    return duel.finished_at


def running(most: int = RUNNING_SHOWN) -> Sequence[Duel]:
    duels = listed(Duel.objects.filter(status__in=Duel.RUNNING, finished_at=None))
    return list(with_entries(duels).order_by("-id")[:most])


def prompts(after: str = "", size: int = PAGE) -> Page[Prompt, str]:
    """Those that may be dealt, by their slug."""
    found = list(Prompt.objects.filter(active=True, slug__gt=after).order_by("slug")[: size + 1])
    return Page(found[:size], found[size - 1].slug if len(found) > size else None)


def duel_key(value: datetime, duel: str) -> EntryKey | None:
    """Where a page ended that ended with this duel. None: there is none."""
    found = Duel.objects.filter(public_id=duel).values_list("pk", flat=True).first()
    return None if found is None else (value, found)


def history_key(player: Player, value: datetime | float, duel: str) -> EntryKey | None:
    """Where a page ended that ended with this duel. None: at no duel of the player's."""
    found = Entry.objects.filter(player=player, duel__public_id=duel).values_list("pk", flat=True).first()
    return None if found is None else (value, found)
