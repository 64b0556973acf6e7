"""Where long boards are measured, so that nobody's place has to be counted from the top.

Of each board every so many-th player is remembered with how many stood above. A place is then that number, and whoever
stands between the landmark and the player now: the same few rows for ten thousand players and for a million. Why not
counts per rating, kept with every duel: nearly all duels would wait for the same few rows, and every change of a
setting would have to know of them. The price is that a place deep down may be off by those who crossed its landmark
since it was measured. Places above the first landmark, and all on boards without any, are exact.
"""

import time
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import Mod, RowNumber

from duels import boards
from duels.boards import Listing
from duels.models import Landmark

STEP = 250
LONG = 2 * STEP  # below it, counting all is as quick
REST = 60.0  # seconds at least between two measurements of a board
SHARE = 50  # of which the measurement itself takes no more than this part
TOP = 1e9  # above every rating

rested: dict[str, float] = {}  # by board: until when


def measure_one() -> int:
    """The board whose turn it is, if any: a round of the reconciler must not take long. How many landmarks it has."""
    now = time.monotonic()
    due = [name for name in boards.names() if rested.get(name, now) <= now]
    if not due:
        return 0
    name = min(due, key=lambda name: rested.get(name, 0.0))
    try:
        return measure(boards.listing(name))
    finally:
        took = time.monotonic() - now
        rested[name] = time.monotonic() + max(REST, SHARE * took)


def measure(board: Listing) -> int:
    found = list(landmarks(board)) if is_long(board) else []
    with transaction.atomic():
        Landmark.objects.filter(board=board.key).delete()
        Landmark.objects.bulk_create(found, batch_size=1000)
    return len(found)


def is_long(board: Listing) -> bool:
    return board.rows.order_by().values("pk")[LONG : LONG + 1].exists()


def landmarks(board: Listing) -> Iterator[Landmark]:
    number = Window(RowNumber(), order_by=[F(name).desc() for name in board.order])
    numbered = board.rows.annotate(number=number).annotate(rest=Mod(F("number"), STEP))
    for *ranked, value, player, above in numbered.filter(rest=0).values_list(*board.order, "number"):
        yield Landmark(
            board=board.key, ranked=ranked[0] if ranked else True, value=value, player=player, above=above - 1
        )
    if len(board.order) == len(boards.Key._fields):  # where the unranked begin
        first = board.rows.filter(ranked=True).count()
        yield Landmark(board=board.key, ranked=False, value=TOP, player=0, above=first)
