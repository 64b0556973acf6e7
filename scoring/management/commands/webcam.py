from argparse import BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.management.reading import add_options, errors_told, open_reader


class Command(BaseCommand):
    help = "Draws the emotion on every face that a camera, a video or a folder of pictures shows. Escape or q ends it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", default="0", help="a camera's number, a video file or a folder of pictures")
        parser.add_argument(
            "--output", type=Path, metavar="VIDEO", help="write what is shown: .mp4, .mov, .mkv or .avi"
        )
        parser.add_argument("--show", action=BooleanOptionalAction, default=None, help="a window; without --output: on")
        parser.add_argument("--frames", type=int, metavar="N", help="stop after so many")
        parser.add_argument("--rate", type=float, metavar="R", help="pictures a second of a folder, frames of --output")
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        from scoring.lab.frames import open_source
        from scoring.lab.webcam import watch

        show = options["show"] if options["show"] is not None else options["output"] is None
        if any(options[name] is not None and options[name] <= 0 for name in ("frames", "rate")):
            raise CommandError("--frames and --rate are above zero.")
        with errors_told():
            source = open_source(options["source"], options["rate"])
            seen = watch(source, open_reader(options), options["output"], show, options["frames"])
        for line in source.skipped:
            self.stderr.write(line)
        if not seen.frames:
            raise CommandError(f"{options['source']} gave no picture.")
        self.stdout.write(f"{seen.frames} frames, {seen.faces} faces, {seen.rate:.1f} frames a second")
