from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Works off one queue: telegram (updates and sending) or judge (photos). Several may run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queue", choices=["telegram", "judge"])

    def handle(self, *args: Any, queue: str, **options: Any) -> None:
        from duels.workers import work

        work(queue)
