from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.management.reading import add_options, errors_told, open_reader


class Command(BaseCommand):
    help = "Finds a filmed viewer's strongest moments: when they were, and which emotion rose."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("video", metavar="VIDEO", help="a video file, or a folder of pictures")
        parser.add_argument("--count", type=int, default=5, metavar="N", help="at most so many moments (5)")
        parser.add_argument("--rate", type=float, default=5.0, metavar="R", help="pictures looked at in a second (5)")
        parser.add_argument("--shortest", type=float, default=1.5, metavar="S", help="seconds of a moment (1.5)")
        parser.add_argument("--longest", type=float, default=8.0, metavar="S", help="seconds of a moment (8)")
        parser.add_argument(
            "--output", type=Path, metavar="DIR", help="where timeline.csv, timeline.png and moments.csv go"
        )
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        from scoring.lab import moments
        from scoring.lab.frames import open_source

        if options["count"] < 1 or options["rate"] <= 0 or not 0 < options["shortest"] <= options["longest"]:
            raise CommandError("--count and --rate are above zero, and --shortest is no longer than --longest.")
        output = options["output"] or Path("var") / "moments" / Path(options["video"]).stem
        with errors_told():
            source = open_source(options["video"], options["rate"] if Path(options["video"]).is_dir() else None)
            timeline = moments.read_timeline(source, open_reader(options), 1 / options["rate"])
            found = moments.strongest(timeline, options["count"], options["shortest"], options["longest"])
            files = moments.write(timeline, found, output)
        for line in source.skipped:
            self.stderr.write(line)
        for place, each in enumerate(found, 1):
            begin, end = moments.time_code(each.begin), moments.time_code(each.end)
            self.stdout.write(f"{place}. {begin} - {end}  {each.emotion}, strength {each.strength:.2f}")
        if not found:
            self.stdout.write("No moment stands out.")
        self.stdout.write("Written: " + ", ".join(map(str, files)))
