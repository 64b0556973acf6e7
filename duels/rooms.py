"""Private rooms for two to four, and rematches, which are rooms too."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Block, Player
from accounts.refusals import Refused
from accounts.services import must_be_able_to_play
from duels import play
from duels.models import Duel, Entry, Room, Seat
from duels.notices import Kind, tell, tell_all
from duels.refusals import Refusal
from duels.search import leave_search
from duels.seats import seat_of, sit

SMALLEST, LARGEST = 2, 4
CODE_LETTERS = "ACDEFHJKLMNPQRTUVWXY3479"  # none that is taken for another


@transaction.atomic
def open_room(player: Player, size: int = 2, rated: bool = True) -> Room:
    must_be_able_to_play(player)
    if not SMALLEST <= size <= LARGEST:
        raise Refused(Refusal.ROOM_SIZE, smallest=SMALLEST, largest=LARGEST)
    leave_search(player)
    return opened(Room(owner=player, size=size, rated=rated))


def opened(room: Room) -> Room:
    room.expires_at = timezone.now() + timedelta(seconds=settings.ROOM_SECONDS)
    room.code = free_code()
    room.save()
    sit(room.owner, Seat.State.ROOM, room=room)
    tell(room.owner, Kind.ROOM_OPENED, code=room.code, size=room.size, rated=room.rated)
    return room


def free_code() -> str:
    """Of 190 million. Should another room take the same in this very moment, the database refuses the second."""
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(6))
        if not Room.objects.filter(code=code, status=Room.Status.OPEN).exists():
            return code


@transaction.atomic
def join_room(player: Player, code: str) -> Room:
    must_be_able_to_play(player)
    room = open_room_of(code=code.strip().upper())
    if room is None or room.expires_at <= timezone.now():
        raise Refused(Refusal.ROOM_UNKNOWN, code=code)
    return enter(player, room)


def open_room_of(**which: object) -> Room | None:
    """Locked until the transaction ends."""
    rooms = Room.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
    return rooms.filter(status=Room.Status.OPEN, **which).first()


def room_around(player: Player) -> Room | None:
    """The open room in which the player sits."""
    seat = seat_of(player)
    return open_room_of(pk=seat.room_id) if seat and seat.room_id else None


def own_room(player: Player) -> Room:
    room = room_around(player)
    if room is None:
        raise Refused(Refusal.ROOM_UNKNOWN, code="")
    if room.owner_id != player.pk:
        raise Refused(Refusal.ROOM_NOT_YOURS)
    return room


def enter(player: Player, room: Room) -> Room:
    before = seat_of(player)
    if before is not None and before.room_id == room.pk:
        raise Refused(Refusal.ALREADY_IN_ROOM, code=room.code)
    if room.seats.count() >= room.size:
        raise Refused(Refusal.ROOM_FULL, code=room.code)
    leave_search(player)
    sit(player, Seat.State.ROOM, room=room)
    players = inside(room)
    if len(players) == room.size:
        start(room, players)
    else:
        tell_all(players, Kind.ROOM_JOINED, **news(room, player, players))
    return room


def news(room: Room, who: Player, players: list[Player]) -> dict[str, Any]:
    owner = room.owner.public_id
    return {"code": room.code, "who": who.public_id, "inside": len(players), "size": room.size, "owner": owner}


def inside(room: Room) -> list[Player]:
    return [seat.player for seat in room.seats.select_related("player").order_by("id")]


def start(room: Room, players: list[Player]) -> Duel:
    Room.objects.filter(pk=room.pk).update(status=Room.Status.STARTED)
    return play.start(players, Duel.Origin.ROOM, room, rated=room.rated, listed=room.listed)


@transaction.atomic
def set_rated(player: Player, rated: bool) -> Room:
    """By its owner, while it is open."""
    room = own_room(player)
    room.rated = rated
    room.save(update_fields=["rated"])
    return room


@transaction.atomic
def start_room(player: Player) -> Duel:
    """Before it is full: by its owner, once two are in."""
    room = own_room(player)
    players = inside(room)
    if len(players) < SMALLEST:
        raise Refused(Refusal.ROOM_TOO_EMPTY)
    return start(room, players)


@transaction.atomic
def leave_room(player: Player) -> bool:
    room = room_around(player)
    if room is None:
        return False
    if room.owner_id == player.pk:
        return close(room, Kind.ROOM_CLOSED)
    room.seats.filter(player=player).delete()
    players = inside(room)
    tell_all([*players, player], Kind.ROOM_LEFT, **news(room, player, players))
    return True


def close(room: Room, kind: Kind) -> bool:
    if not Room.objects.filter(pk=room.pk, status=Room.Status.OPEN).update(status=Room.Status.CLOSED):
        return False
    tell_all(inside(room), kind, code=room.code)
    room.seats.all().delete()
    return True


def expire_rooms() -> int:
    late = Room.objects.filter(status=Room.Status.OPEN, expires_at__lte=timezone.now())
    return sum(expire_room(pk) for pk in late.values_list("pk", flat=True))


@transaction.atomic
def expire_room(pk: int) -> bool:
    room = open_room_of(pk=pk)
    return room is not None and close(room, Kind.ROOM_EXPIRED)


@transaction.atomic
def rematch(player: Player, duel: Duel) -> Room:
    """Who presses first opens a room for the same players; whoever presses then enters it."""
    must_be_able_to_play(player)
    entries = list(Entry.objects.filter(duel=duel).select_related("player"))
    players = [entry.player_id for entry in entries]
    if player.pk not in players or duel.practice:
        raise Refused(Refusal.NOT_YOUR_DUEL)
    if Duel.objects.filter(pk=duel.pk, status__in=Duel.RUNNING).exists():
        raise Refused(Refusal.DUEL_NOT_OVER)
    # To be blocked looks like being alone: nobody is told of a block.
    blocked = Block.objects.filter(player__in=players, other__in=players).exists()
    if blocked or any(entry.player.anonymised_at for entry in entries):
        raise Refused(Refusal.OPPONENT_GONE)
    room = open_room_of(rematch_of=duel)
    return enter(player, room) if room else offered(player, duel, entries)


def offered(player: Player, duel: Duel, entries: list[Entry]) -> Room:
    room = Room(owner=player, size=len(entries), rated=duel.rated, listed=duel.listed, rematch_of=duel)
    try:
        with transaction.atomic():
            leave_search(player)
            room = opened(room)
    except IntegrityError:  # another pressed at the same moment, and their room stands
        there = open_room_of(rematch_of=duel)
        if there is None:
            raise
        return enter(player, there)
    asked = [entry.player for entry in entries if entry.player_id != player.pk]
    tell_all(asked, Kind.REMATCH_OFFERED, duel, code=room.code, who=player.public_id)
    return room
