import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scoring.management.reading import add_options, errors_told, open_reader


class Command(BaseCommand):
    help = "Writes one emotion for each picture of a competition's sample, in the sample's columns and order."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--test", type=Path, required=True, metavar="DIR", help="the pictures")
        parser.add_argument("--sample", type=Path, required=True, metavar="CSV", help="sample_submission.csv")
        parser.add_argument("--output", type=Path, required=True, metavar="CSV", help="where the answers go")
        parser.add_argument("--strict", action="store_true", help="exit with 1 where a picture is missing or bad")
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        from scoring.lab import submission

        with errors_told():
            sample = submission.read_sample(options["sample"], options["test"])
            answers = submission.answer(sample, options["test"], open_reader(options))
            submission.write(sample, answers, options["output"])
        for line in answers.bad:
            self.stderr.write(f"{line} (answered {submission.MOST_COMMON})")
        self.stdout.write(f"{len(answers.emotions)} answers in {options['output']}, {len(answers.bad)} of them guessed")
        if answers.bad and options["strict"]:
            sys.exit(1)
