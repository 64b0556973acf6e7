"""What spectators hear of: numbered in the transaction that brings it about, told to all web processes after it.

The numbers are without a gap, in the order of the commits: whoever hears 7 after 5 has missed something. That is why
nothing here has to be certain to arrive, and nothing may hold up a duel. A worker says no more than which duel has
changed: what of it is to be seen each web process reads for itself, at once for all that comes together.
"""

import asyncio
import logging
import time
from collections.abc import Collection, Iterable, Sequence
from contextvars import copy_context
from functools import cache, partial
from threading import Thread
from typing import Any

from channels.layers import get_channel_layer
from django.db import transaction
from django.db.models import F

from accounts.models import Player
from duels import boards, public, strip
from duels.models import BoardFigure, Duel, LiveCounter
from duels.rules import figures
from duels.rules.rating import Skill

log = logging.getLogger(__name__)

GROUP = "live"
ONLY = 1  # the counter's row
PATIENCE = 1.0  # seconds for Redis to take a message

quiet_until = 0.0


def announce(duel: Duel, rows: bool = False) -> None:
    """Last of all in the duel's transaction: the counter is locked after the duel, the seats and the players. With
    `rows` the players' figures have changed, which is everybody's business though the duel may not be.
    """
    if duel.origin in public.BY_LINK and (duel.listed or rows):
        push(duel.pk)


@transaction.atomic
def look_anew() -> None:
    """Last of all in a transaction that changes what no duel tells, or more than could be told: a number without a
    duel. Pages miss it, and ask for all that they show, each at another moment.
    """
    push(None)


def push(duel: int | None) -> None:
    message = {"type": "push", "number": next_number(), "duel": duel}
    transaction.on_commit(partial(send, message), robust=True)


def next_number() -> int:
    counter = LiveCounter.objects.filter(pk=ONLY)
    if not counter.update(number=F("number") + 1):  # nobody has counted here before
        LiveCounter.objects.bulk_create([LiveCounter(pk=ONLY)], ignore_conflicts=True)
        counter.update(number=F("number") + 1)
    return counter.values_list("number", flat=True).get()


def number() -> int:
    return LiveCounter.objects.filter(pk=ONLY).values_list("number", flat=True).first() or 0


def news(pushes: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What there is to be seen, read once for all that came together: the duels, unless they are nobody else's
    business, and the rows of those in them who are to be seen.
    """
    pushes = sorted(pushes, key=lambda push: push["number"])
    duels = public.with_entries(Duel.objects.filter(pk__in={push["duel"] for push in pushes})).order_by("id")
    told = [strip.told(duel) for duel in duels if public.shown(duel).listed]
    ended = [duel for duel in duels if duel.status == Duel.Status.FINISHED]
    players = {entry.player for duel in ended for entry in duel.entries.all() if public.is_public(entry.player)}
    return {"numbers": [push["number"] for push in pushes], "duels": told, "rows": rows_of(players)}


def rows_of(players: Collection[Player]) -> list[dict[str, Any]]:
    names = [each for each in boards.names() if each not in {boards.TODAY, boards.WEEK}]
    kept = [each.key for each in (boards.listing(boards.TODAY), boards.listing(boards.WEEK))]
    found = list(BoardFigure.objects.filter(player__in=players, board__in=[*names, *kept])) if players else []
    in_order = sorted(players, key=lambda player: player.pk)
    return [row_of(player, [each for each in found if each.player_id == player.pk]) for player in in_order]


def row_of(player: Player, found: Sequence[BoardFigure]) -> dict[str, Any]:
    return {
        "id": player.public_id,
        "name": player.name,
        "rating": str(Skill(player.mu, player.sigma)),
        "tally": [player.wins, player.losses, player.draws],
        "streak": player.streak,
        "last": player.last,
        "best": figures.best({each.board: each.kept for each in found}),
        "boards": places(player, found),
    }


def places(player: Player, found: Sequence[BoardFigure]) -> dict[str, list[Any]]:
    """By board that the player stands on: the figure as it is shown, then what the board goes by."""
    skill = [str(Skill(player.mu, player.sigma)), int(player.ranked), player.mu]
    on: dict[str, list[Any]] = {"rating": skill, f"language-{player.language}": skill} if player.duels else {}
    if player.expressive is not None:
        on[boards.Board.EXPRESSIVE] = [boards.figure(boards.Board.EXPRESSIVE, player), 1, player.expressive]
    for each in found:
        period = each.board.startswith((figures.DAY, figures.WEEK))
        if each.value is not None and (each.value > 0 or not period):
            on[each.board] = [boards.figure(each.board, each), 1, each.value]
    return on


def send(message: dict[str, Any]) -> None:
    """From a thread of its own, which keeps its connection: Redis may be slow, a worker has other things to do."""
    global quiet_until
    if time.monotonic() < quiet_until:
        return
    sending = asyncio.run_coroutine_threadsafe(deliver(message), sender())
    about = copy_context()  # of the thread that will say what went wrong
    sending.add_done_callback(lambda done: about.run(noted, done))


async def deliver(message: dict[str, Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        await get_channel_layer().group_send(GROUP, message)


def noted(sending: Any) -> None:
    global quiet_until
    if error := sending.exception():
        quiet_until = time.monotonic() + PATIENCE
        log.warning("Redis is away, spectators look anew later: %s", type(error).__name__)


@cache
def sender() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="live", daemon=True).start()
    return loop
