from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scoring.management.reading import errors_told


class Command(BaseCommand):
    help = "Draws what the training faces look like: how many of each class, mean faces, samples."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--data", metavar="PATH", help="faces_gray.npz's folder, fer2013.csv or class folders ($TRAINING_DATA)"
        )
        parser.add_argument("--class", dest="chosen", metavar="NAME", help="samples of this one only")
        parser.add_argument("--count", type=int, default=49, metavar="N", help="samples of a class (49)")
        parser.add_argument("--output", type=Path, default=Path("runs") / "explore", metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        from scoring.lab.explore import explore
        from scoring.lab.layouts import data_path

        with errors_told():
            files = explore(data_path(options["data"]), options["output"], options["chosen"], max(1, options["count"]))
        for file in files:
            self.stdout.write(str(file))
