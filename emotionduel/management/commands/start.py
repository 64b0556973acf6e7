import os
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

from duels.telegram.door import by_webhook

ALWAYS = ("web", "telegram1", "telegram2", "judge", "mirror", "reconcile")


class Command(BaseCommand):
    help = "Prepares everything and starts every process of the Procfile that this set-up needs. Ctrl-C stops them."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("build")
        call_command("prepare", stdout=self.stdout)
        self.tell()
        self.become_honcho()

    def tell(self) -> None:
        if not get_user_model().objects.filter(is_superuser=True, is_active=True).exists():
            self.say("Nobody may see /admin/ yet: .venv/bin/python manage.py create_admin makes an administrator.")
        self.say(f"EmotionDuel: {settings.BASE_URL or f'http://localhost:{settings.PORT}'}/ (Ctrl-C stops it)")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()  # before honcho takes this process over

    def become_honcho(self) -> None:
        os.chdir(settings.BASE_DIR)
        # Our settings read .env themselves: honcho would take its values apart in a way of its own.
        command = ["-m", "honcho", "--env", os.devnull, "start", "--port", str(settings.PORT), *processes()]
        os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 (no shell is wanted)


def processes() -> list[str]:
    found = list(ALWAYS)
    if settings.REDIS_URL == settings.OWN_REDIS:
        found.append("redis")
    if settings.TELEGRAM_BOT_TOKEN and not by_webhook():
        found.append("poll")
    return found
