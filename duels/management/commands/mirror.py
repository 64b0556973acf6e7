import asyncio
import logging
import os
import signal
import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

if TYPE_CHECKING:
    from scoring.judge import Scorer

log = logging.getLogger(__name__)
PAUSE = 30.0


class Command(BaseCommand):
    help = "Looks at the frames that pages of /mirror/ show, for as long as they are fresh. One is enough."

    def handle(self, *args: Any, **options: Any) -> None:
        from duels import jobs
        from duels.mirror import process, wire

        mirror = process.Mirror(opened(), jobs.photos_wait, process.seats())
        os.nice(process.NICE)  # before its threads are there: each takes it over from the one that starts it
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is to be put in order, and torch takes its time over it
        asyncio.run(mirror.serve(wire.address()))


def opened() -> "Scorer":
    """Without a judge there is no mirror, but all else goes on: so this waits for one."""
    from duels import jobs
    from scoring.judge import PLAIN_PROMPTS

    while True:
        try:
            jobs.scorer().embed_prompts(list(PLAIN_PROMPTS))  # the text tower takes seconds, too
            return jobs.scorer()
        except Exception:  # whatever a model that cannot be opened says
            log.exception("The judge could not be opened; the mirror tries again in %.0f s", PAUSE)
        time.sleep(PAUSE)
