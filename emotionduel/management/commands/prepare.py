from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Once before a new version starts, while the old one may still run: the database is migrated, prompts that ship"
        " are loaded, and Telegram is told of the bot."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        call_command("load_prompts", verbosity=0)
        self.set_up_bot()

    def set_up_bot(self) -> None:
        """A Telegram that does not answer keeps nobody from starting: what comes meanwhile it will send again."""
        if not settings.TELEGRAM_BOT_TOKEN:
            self.stdout.write("No TELEGRAM_BOT_TOKEN in .env: the bot rests, the site works. @BotFather gives one.")
            return
        try:
            call_command("telegram", "setup", stdout=self.stdout)
        except CommandError as error:
            self.stdout.write(f"{error}. The site starts all the same; later: manage.py telegram setup")
