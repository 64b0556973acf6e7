from typing import Any

from django.core.management.base import BaseCommand

from duels import prompts


class Command(BaseCommand):
    help = "Loads the prompts that ship. Those loaded before stay as moderators have left them."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{prompts.load()} new prompts")
