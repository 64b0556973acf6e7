import signal
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from duels.telegram import bot, polling, setup, status


class Command(BaseCommand):
    help = "setup: tells Telegram the commands and where to send updates. poll: fetches them. status: how it goes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("step", choices=["setup", "poll", "status"])

    def handle(self, *args: Any, step: str, **options: Any) -> None:
        try:
            getattr(self, step)()
        except bot.BotError as error:
            raise CommandError(f"Telegram: {error}") from None

    def setup(self) -> None:
        self.stdout.write(setup.set_up())

    def poll(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit())  # at any moment: what is not stored is fetched again
        polling.poll()

    def status(self) -> None:
        for line in status.lines():
            self.stdout.write(line)
