from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from emotionduel.languages import compile_catalogues


class Command(BaseCommand):
    help = (
        "What the sources must become before anything starts: translations are compiled, static files collected. Asks"
        " neither database nor Redis, so an image can be built with it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        compile_catalogues(settings.BASE_DIR / "locale")
        call_command("collectstatic", interactive=False, verbosity=0)
