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
        parser.add_argument(
            "--device", help="measures there what changes with it, as cuda; its figures get a part of their own"
        )
        parser.add_argument("--output", type=Path, default=Path("docs") / "benchmarks.md", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        from scoring.lab import speed_report
        from scoring.lab.speed import BenchError

        if options["photos"] < 2:
            raise CommandError("--photos is two or more: winners are compared.")
        device = options["device"]
        try:
            with tempfile.TemporaryDirectory(prefix="emotionduel-bench-") as folder:
                found = measure(Path(folder), options["photos"], not options["skip_big"], device)
        except BenchError as error:
            raise CommandError(str(error)) from error
        for line in speed_report.lines_on(device, found) if device else speed_report.lines(found):
            verdict = {True: "reached", False: "MISSED", None: ""}[line.reached]
            self.stdout.write(f"{line.measured:>24}  {verdict:8}{line.goal:14}{line.what}")
        speed_report.put(options["output"], speed_report.page(found, device))
        self.stdout.write(f"Written: {options['output']}")


def rows_of(folder: Path, photos: int, big: bool, device: str | None) -> list[tuple[str, dict[str, Any]]]:
    pictures, weights, cache = str(folder / "photos"), str(folder / "big.safetensors"), str(folder / "cache")
    on_the_processor: list[tuple[str, dict[str, Any]]] = [
        ("nothing_loaded", {}),
        *[("cold_start", {"folder": pictures})] * COLD_STARTS,
        ("photo_to_score", {"folder": pictures}),
        ("mirror", {"frames": FRAMES}),
    ]
    looks = {"looks": BIG_LOOKS, "device": device}
    given = ({"path": weights}, {"checkpoint": weights, "cache": cache, **looks}, looks)
    return [
        ("draw_photos", {"folder": pictures, "count": photos}),
        ("batches", {"folder": pictures, "device": device}),
        *([] if device else on_the_processor),
        *(zip(BIG_ROWS, given, strict=True) if big else ()),
    ]


def measure(folder: Path, photos: int, big: bool, device: str | None = None) -> dict[str, dict[str, Any]]:
    from scoring.lab.speed import ask

    rows = rows_of(folder, photos, big, device)
    found: dict[str, dict[str, Any]] = {}
    walls: dict[str, list[float]] = {}
    with tqdm(rows, unit="", leave=False) as bar:
        for row, arguments in bar:
            bar.set_description(row.replace("_", " "))
            found[row] = ask(row, **arguments)
            walls.setdefault(row, []).append(found[row]["wall"])
    return {row: {**each, "wall": median(walls[row])} for row, each in found.items()}
