from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from duels.replay import replay


class Command(BaseCommand):
    help = (
        "Rebuilds every rating, tally, streak and board figure from the duels alone, and says what was found otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where a figure differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        found = replay(write=not check)
        counts = (len(found.players), len(found.entries), len(found.figures))
        self.stdout.write("{} players, {} entries and {} board figures differed".format(*counts))
        if check and any(counts):
            raise SystemExit(1)
