from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from duels import exporting


class Command(BaseCommand):
    help = (
        "Writes the photos that players have given as an image-text set: JPEGs, captions.jsonl, and consents.jsonl with"
        " the words that each was given with. Who takes a photo back removes it from there, too, while the folder lies"
        " where it was written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = exporting.export(options["folder"])
        except exporting.NotEmpty as error:
            raise CommandError(f"{error} is not empty: name a new folder.") from None
        self.stdout.write(
            f"Set {made.public_id}: {made.photos.filter(revoked_at=None).count()} photos in {made.folder}"
        )
