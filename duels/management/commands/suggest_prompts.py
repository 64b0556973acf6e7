from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from duels.suggestions import NoSuggestions, suggest


class Command(BaseCommand):
    help = "Asks an OpenAI-compatible server (LLM_URL) for new prompts and files them switched off, for a moderator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=10)

    def handle(self, *args: Any, count: int, **options: Any) -> None:
        try:
            prompts = suggest(count)
        except NoSuggestions as error:
            raise CommandError(str(error)) from error
        for prompt in prompts:
            self.stdout.write(f"{prompt.en} | {prompt.ru}")
        self.stdout.write(f"{len(prompts)} new prompts, switched off: switch them on in the admin")
