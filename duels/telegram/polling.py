"""Updates fetched into the same inbox, where Telegram cannot call us."""

import logging
import time
from typing import NoReturn

from django.conf import settings
from django.db import Error, close_old_connections

from duels import turns
from duels.telegram import bot, door, setup

log = logging.getLogger(__name__)


def poll() -> NoReturn:
    offset: int | None = None
    closed = False
    while True:
        close_old_connections()
        try:
            if not closed:
                setup.close_webhook()  # while there is one, nothing can be fetched
                closed = True
            offset = fetch(offset)
        except bot.Passing as error:
            log.warning("Nothing can be fetched, in %.0f s again: %s", error.after, error)
            time.sleep(error.after)
        except Error as error:  # Telegram keeps what is not confirmed
            log.warning("The database is away: %s", type(error).__name__)
            time.sleep(1)


def fetch(offset: int | None) -> int | None:
    """Where to go on: asking from there confirms all before it, and all before it is stored."""
    # The wait is short, for each answer is also a sign that the door is open.
    for found in bot.updates(offset, settings.RECONCILE_SECONDS, door.KINDS):
        if door.understood(found):
            door.store(found)
            offset = found["update_id"] + 1
    turns.beat(turns.DOOR)
    return offset
