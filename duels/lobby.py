"""Every way into a duel and out of one; the search and the rooms have files of their own.

Locks are taken in this order: room, duel, seats by their ids. New seats need none: the database refuses a second one.
"""

from django.db import transaction

from accounts.models import Player
from accounts.refusals import Refused
from accounts.services import lost, must_be_able_to_play
from duels import play
from duels.models import Duel, Seat
from duels.notices import Kind, tell, tell_all
from duels.refusals import Refusal
from duels.rooms import expire_rooms, join_room, leave_room, open_room, rematch, set_rated, start_room
from duels.search import (
    confirm_ready,
    drop_unready,
    end_searches,
    find_opponent,
    leave_search,
    pair_waiting,
    tell_waiting,
)
from duels.seats import seat_of, sit

__all__ = [
    "confirm_ready",
    "drop_unready",
    "end_searches",
    "expire_rooms",
    "find_opponent",
    "join_room",
    "leave",
    "open_room",
    "pair_waiting",
    "practise",
    "rematch",
    "set_rated",
    "start_room",
    "tell_waiting",
    "unreachable",
]


@transaction.atomic
def practise(player: Player) -> Duel:
    """One prompt, one photo, unrated; beside a search, too. A prompt asked for anew takes the place of the last one.

    Not beside a duel: whose photo would the next one be?
    """
    must_be_able_to_play(player)
    seat = seat_of(player)
    if seat is not None and seat.state == Seat.State.DUEL:
        raise Refused(Refusal.BUSY, state=seat.state)
    play.stop_practice(player)
    duel = play.start([player], Duel.Origin.PRACTICE, rated=False)
    sit(player, Seat.State.PRACTICE, duel=duel)
    return duel


@transaction.atomic
def leave(player: Player) -> None:
    """Out of wherever the player is: a search, a room, a duel before the photo, at last a practice."""
    seat = seat_of(player)
    if seat is not None and seat.state == Seat.State.DUEL:
        play.give_up(player)
    elif not (leave_search(player) or leave_room(player)):
        leave_practice(player)


def leave_practice(player: Player) -> None:
    if not play.stop_practice(player):
        raise Refused(Refusal.NOWHERE)
    tell(player, Kind.PRACTICE_STOPPED)


@transaction.atomic
def unreachable(player: Player) -> None:
    """The player has blocked the bot. A duel goes on to its deadline: they may come back; whoever waits is told."""
    duel = play.duel_seat(player)
    if duel is not None:
        tell_all(play.others(duel, player), Kind.OPPONENT_UNREACHABLE, duel, who=player.public_id)
    else:
        _ = leave_search(player) or leave_room(player)
    lost(player)  # last: everywhere players' rows are locked after duels
