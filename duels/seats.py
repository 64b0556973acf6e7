"""Where each player is now: sitting down, and who shares a seat's fate."""

from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Player
from accounts.refusals import Refused
from duels.models import Seat
from duels.refusals import Refusal


def seat_of(player: Player) -> Seat | None:
    """Practice aside."""
    return Seat.objects.filter(player=player).exclude(state=Seat.State.PRACTICE).first()


def sit(player: Player, state: Seat.State, **where: Any) -> Seat:
    """The database lets nobody sit twice, however many try at once."""
    try:
        with transaction.atomic():
            return Seat.objects.create(player=player, state=state, **where)
    except IntegrityError:
        taken = Seat.State.PRACTICE if state == Seat.State.PRACTICE else getattr(seat_of(player), "state", state)
        raise Refused(Refusal.BUSY, state=taken) from None
