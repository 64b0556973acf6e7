import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

PHOTOS = 56
FRAMES = 200
COLD_STARTS = 3
BIG_LOOKS = 5
BIG_ROWS = ("big_weights", "big_ours", "big_usual")


class Command(BaseCommand):
    help = "Measures the judge's speed and memory on this machine, and writes docs/benchmarks.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--photos", type=int, default=PHOTOS, metavar="N", help=f"drawn photos to judge ({PHOTOS})")
        parser.add_argument(
            "--skip-big",
            action="store_true",
            help="leave ViT-H-14 out: it takes some minutes, 5 GB of memory and 4 GB of disk",
        )
        parser.add_argument("--output", type=Path, default=Path("docs") / "benchmarks.md", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        from scoring.lab import speed_report
        from scoring.lab.speed import BenchError

        if options["photos"] < 2:
            raise CommandError("--photos is two or more: winners are compared.")
        try:
            with tempfile.TemporaryDirectory(prefix="emotionduel-bench-") as folder:
                found = measure(Path(folder), options["photos"], big=not options["skip_big"])
        except BenchError as error:
            raise CommandError(str(error)) from error
        for line in speed_report.lines(found):
            verdict = {True: "reached", False: "MISSED", None: ""}[line.reached]
            self.stdout.write(f"{line.measured:>24}  {verdict:8}{line.goal:14}{line.what}")
        speed_report.put(options["output"], speed_report.page(found))
        self.stdout.write(f"Written: {options['output']}")


def measure(folder: Path, photos: int, big: bool) -> dict[str, dict[str, Any]]:
    from scoring.lab.speed import ask

    pictures, weights, cache = str(folder / "photos"), str(folder / "big.safetensors"), str(folder / "cache")
    rows: list[tuple[str, dict[str, Any]]] = [
        ("draw_photos", {"folder": pictures, "count": photos}),
        ("nothing_loaded", {}),
        *[("cold_start", {"folder": pictures})] * COLD_STARTS,
        ("photo_to_score", {"folder": pictures}),
        ("mirror", {"frames": FRAMES}),
    ]
    if big:
        given = ({"path": weights}, {"checkpoint": weights, "cache": cache, "looks": BIG_LOOKS}, {"looks": BIG_LOOKS})
        rows += zip(BIG_ROWS, given, strict=True)
    found: dict[str, dict[str, Any]] = {}
    walls: dict[str, list[float]] = {}
    with tqdm(rows, unit="", leave=False) as bar:
        for row, arguments in bar:
            bar.set_description(row.replace("_", " "))
            found[row] = ask(row, **arguments)
            walls.setdefault(row, []).append(found[row]["wall"])
    return {row: {**each, "wall": median(walls[row])} for row, each in found.items()}
