"""The search for a random opponent."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Block, Player
from accounts.refusals import Refused
from accounts.services import must_be_able_to_play
from duels import fairplay, play
from duels.models import Duel, Entry, Seat
from duels.notices import Kind, tell
from duels.refusals import Refusal
from duels.rules.matchmaking import ANYBODY_AFTER, Waiting, couples, reach
from duels.rules.rating import Skill
from duels.seats import sit

READY_AFTER = 60  # who has waited longer may have put the phone away
READY_SECONDS = 30
TOLD_EVERY = 20
AT_ONCE = 300  # pairing looks at so many, the longest waiting: its time grows with their square

SEARCHING, PAIRED = Seat.State.SEARCHING, Seat.State.PAIRED


@transaction.atomic
def find_opponent(player: Player) -> Seat:
    must_be_able_to_play(player)
    fairplay.must_not_pause(player, timezone.now())
    seat = sit(player, SEARCHING, last_opponents=last_opponents(player))
    tell_state(seat, timezone.now())
    # In a transaction of its own: of two who come at once, the later commit sees both. Robust: what fails here is not
    # the player's doing, and the reconciler tries again.
    transaction.on_commit(pair_waiting, robust=True)
    return seat


def last_opponents(player: Player) -> list[int]:
    played = Entry.objects.filter(player=player).exclude(duel__origin=Duel.Origin.PRACTICE).order_by("-id")
    last = played.values_list("duel", flat=True).first()
    if last is None:
        return []
    return list(Entry.objects.filter(duel=last).exclude(player=player).values_list("player", flat=True))


def tell_state(seat: Seat, now: datetime) -> None:
    waited = (now - seat.since).total_seconds()
    waiting = Seat.objects.filter(state=SEARCHING).count()
    wide = None if waited >= ANYBODY_AFTER else round(reach(waited))
    topic = f"search-{seat.pk}"
    tell(seat.player, Kind.SEARCH_WAITING, topic=topic, waiting=waiting, reach=wide, waited=round(waited))


@transaction.atomic
def pair_waiting() -> int:
    # All lock in the same order, so a second process waits here, and then sees whom the first has left.
    seats = {seat.player_id: seat for seat in locked_seats().filter(state=SEARCHING)[:AT_ONCE]}
    found = couples(waiting_players(seats.values(), timezone.now()))
    for one, other in found:
        pair(seats[one.player], seats[other.player])
    return len(found)


def waiting_players(seats: Iterable[Seat], now: datetime) -> list[Waiting]:
    players = [seat.player_id for seat in seats]
    blocks: dict[int, set[int]] = {}
    for player, other in Block.objects.filter(player__in=players, other__in=players).values_list("player", "other"):
        blocks.setdefault(player, set()).add(other)
    return [
        Waiting(
            player=seat.player_id,
            rating=Skill(seat.player.mu).rating,
            waited=(now - seat.since).total_seconds(),
            last_opponents=frozenset(seat.last_opponents),
            blocked=frozenset(blocks.get(seat.player_id, ())),
        )
        for seat in seats
    ]


def pair(one: Seat, other: Seat) -> None:
    now = timezone.now()
    for seat, partner in ((one, other), (other, one)):
        seat.state, seat.partner_id = PAIRED, partner.player_id
        seat.ready = now - seat.since <= timedelta(seconds=READY_AFTER)
        seat.ready_until = now + timedelta(seconds=READY_SECONDS)
        seat.save(update_fields=["state", "partner", "ready", "ready_until"])
    if not start_if_ready([one, other]):
        for seat in (one, other):
            kind = Kind.SEARCH_FOUND if seat.ready else Kind.SEARCH_READY
            tell(seat.player, kind, topic=f"search-{seat.pk}", seconds=READY_SECONDS)


def start_if_ready(seats: list[Seat]) -> bool:
    if all(seat.ready for seat in seats):
        play.start([seat.player for seat in seats], Duel.Origin.RANDOM, listed=True)
        for seat in seats:  # after the prompt, which must not wait for it
            tell(seat.player, Kind.SEARCH_OVER, topic=f"search-{seat.pk}")
        return True
    return False


def locked_seats() -> QuerySet[Seat]:
    """In one order for all: then nobody waits for somebody who waits for them."""
    return Seat.objects.select_for_update(of=("self",), no_key=True).select_related("player").order_by("id")


def pair_of(player: Player) -> list[Seat]:
    """The player's seat and the partner's; empty where an opponent is not found yet."""
    return list(locked_seats().filter(Q(player=player) | Q(partner=player), state=PAIRED))


@transaction.atomic
def confirm_ready(player: Player) -> None:
    seats = pair_of(player)
    if len(seats) != 2:
        raise Refused(Refusal.NOT_PAIRED)
    for seat in seats:
        if seat.player_id == player.pk:
            seat.ready = True
            seat.save(update_fields=["ready"])
    start_if_ready(seats)


@transaction.atomic
def leave_search(player: Player) -> bool:
    seats = pair_of(player) or list(locked_seats().filter(player=player, state=SEARCHING))
    for seat in seats:
        if seat.player_id == player.pk:
            pk = seat.pk  # delete() takes it away
            seat.delete()
            tell(player, Kind.SEARCH_CANCELLED, topic=f"search-{pk}")
        else:
            search_on(seat)
    return bool(seats)


def search_on(seat: Seat) -> None:
    Seat.objects.filter(pk=seat.pk).update(state=SEARCHING, partner=None, ready=False, ready_until=None)
    tell(seat.player, Kind.SEARCH_RESUMED, topic=f"search-{seat.pk}")
    transaction.on_commit(pair_waiting, robust=True)


def drop_unready() -> int:
    late = Seat.objects.filter(state=PAIRED, ready_until__lt=timezone.now()).select_related("player")
    return sum(drop_pair(seat.player) for seat in late)


@transaction.atomic
def drop_pair(player: Player) -> int:
    """Without penalty: who did not answer is out, who did goes on searching."""
    seats = [seat for seat in pair_of(player) if seat.ready_until and seat.ready_until < timezone.now()]
    for seat in seats:
        if seat.ready:
            search_on(seat)
        else:
            Seat.objects.filter(pk=seat.pk).delete()
            tell(seat.player, Kind.SEARCH_DROPPED, topic=f"search-{seat.pk}")
    return len(seats)


def end_searches() -> int:
    late = timezone.now() - timedelta(seconds=settings.SEARCH_SECONDS)
    return sum(map(end_search, Seat.objects.filter(state=SEARCHING, since__lt=late).select_related("player")))


@transaction.atomic
def end_search(seat: Seat) -> bool:
    if not Seat.objects.filter(pk=seat.pk, state=SEARCHING).delete()[0]:
        return False
    tell(seat.player, Kind.SEARCH_ENDED, topic=f"search-{seat.pk}")
    return True


def tell_waiting() -> int:
    before = timezone.now() - timedelta(seconds=TOLD_EVERY)
    return sum(map(tell_one, Seat.objects.filter(state=SEARCHING, told_at__lt=before).select_related("player")))


@transaction.atomic
def tell_one(seat: Seat) -> bool:
    now = timezone.now()
    if not Seat.objects.filter(pk=seat.pk, state=SEARCHING, told_at=seat.told_at).update(told_at=now):
        return False
    tell_state(seat, now)
    return True
