"""A process that was asked to stop begins nothing more. What it cannot finish in time it hands back, and leaves."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Timer

log = logging.getLogger(__name__)

SECONDS = 5.0  # Docker kills after ten

asked = Event()
in_hand: list[Callable[[], object]] = []  # how to hand back each piece of work that is being done


@contextmanager
def handed_back_by(give: Callable[[], object]) -> Iterator[None]:
    in_hand.append(give)
    try:
        yield
    finally:
        in_hand.remove(give)


def ask() -> None:
    """Whoever works may finish meanwhile, and the process ends by itself."""
    if not asked.is_set():
        asked.set()
        timer = Timer(SECONDS, leave)
        timer.daemon = True
        timer.start()


def leave() -> None:
    """Nobody is to wait until a lease runs out."""
    for give in in_hand:
        try:
            give()
        except Exception:
            log.exception("Work could not be handed back")
    log.warning("Stopped in the midst of work, which was handed back")
    os._exit(0)
