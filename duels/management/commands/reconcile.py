import logging
import secrets
import signal
from argparse import ArgumentParser
from contextlib import suppress
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from duels import turns
from duels.reconcile import NAME, reconcile

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Finds in the database what is due and sees to it, every RECONCILE_SECONDS. Several may run: one acts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then stop")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        holder, stop = secrets.token_hex(16), Event()
        if once:
            reconcile(holder)
            turns.give(NAME, holder)
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            self.round(holder)
            stop.wait(settings.RECONCILE_SECONDS)
        with suppress(Error):  # the turn is free in a few seconds anyway
            turns.give(NAME, holder)

    def round(self, holder: str) -> None:
        """A database that is away comes back: then the next round does what this one could not."""
        close_old_connections()
        try:
            reconcile(holder)
        except Error as error:
            log.warning("The database is away: %s", type(error).__name__)
