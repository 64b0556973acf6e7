import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from scoring.lab import speed_report
from scoring.lab.speed_report import Line

if TYPE_CHECKING:
    from tests.fairplay.telling import Told

BEGIN = "<!-- Written by `make fairplay` from here on. -->"
PACKAGES = ("django", "numpy", "pillow", "psycopg")


class Command(BaseCommand):
    help = "Measures how copies are told from other pictures of the same face; writes the end of docs/fairplay.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--faces", type=Path, metavar="ZIP", help="an archive of cut-out faces; without: drawn ones"
        )
        parser.add_argument("--count", type=int, default=200, help="how many of them (200)")
        parser.add_argument("--rows", type=int, default=1_000_000, help="hashes to look among (1000000); 0: no look-up")
        parser.add_argument("--remark", default="", help="what else a reader should know of this run")
        parser.add_argument("--output", type=Path, default=Path("docs") / "fairplay.md", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(told_lines(measured(options["faces"], options["count"]), options["faces"]))
        if options["rows"]:
            from tests.fairplay import looking_up

            for name, url in databases():
                found += looked_up(name, looking_up.asked(url, options["rows"], options["faces"]))
        for line in found:
            self.stdout.write(f"{line.measured:>12}  {line.goal:10}{line.what}")
        write(options["output"], found, options["remark"])


def measured(archive: Path | None, count: int) -> "Told":
    from scoring.faces import FaceFinder
    from tests.fairplay import pictures, telling

    return telling.tell(pictures.real(archive, count) if archive else pictures.drawn(), FaceFinder())


def told_lines(told: "Told", archive: Path | None) -> Iterator[Line]:
    what = "real faces" if archive else "drawn faces"
    found, refused = told.share_found, told.share_refused
    made = told.made.total() - told.faceless.total()
    yield Line(f"near-copies found, {what}, {made} copies", f"{100 * found:.1f} %", ">= 98 %", found >= 0.98)
    for name in told.made:
        seen = told.made[name] - told.faceless[name]
        yield Line(f"of those {name}", f"{told.found[name]} of {seen}")
    pairs = f"pairs of other pictures of the same face refused, {what}, {len(told.others)} pairs"
    yield Line(pairs, f"{100 * refused:.2f} %", "<= 0.5 %", refused <= 0.005)
    yield Line("the least difference of such a pair (a copy's is at most 0.07)", f"{min(told.others):.3f}")
    if told.strangers:
        yield Line("the least difference of two persons", f"{min(told.strangers):.3f}")
    yield Line("photos of a simulated screen that are marked", f"{100 * told.marked('screen'):.0f} %")
    yield Line("photos of a simulated print that are marked", f"{100 * told.marked('print'):.0f} %")
    yield Line("ordinary photos that are marked", f"{100 * told.marked('photo'):.1f} %")


def databases() -> Iterator[tuple[str, str]]:
    from tests import postgres

    with tempfile.TemporaryDirectory(prefix="emotionduel-fairplay-") as folder:
        yield "SQLite", f"sqlite:///{folder}/hashes.sqlite3"
    if postgres.binaries():
        with postgres.server() as url:
            yield "PostgreSQL", url


def looked_up(name: str, seen: Mapping[str, Any]) -> Iterator[Line]:
    """By the clock of the wall; what the asking process worked meanwhile stands beside it."""
    took, worked = (sorted(1000 * each for each in seen[what]) for what in ("took", "worked"))
    middle, late = len(took) // 2, int(0.95 * len(took))
    what = f"a look-up among {seen['rows']:,} hashes, {name}"
    yield Line(f"{what}, 95th percentile", f"{took[late]:.1f} ms", "<= 10 ms", took[late] <= 10)
    yield Line(f"{what}, median", f"{took[middle]:.1f} ms")
    yield Line("the processor's time of it, median and 95th percentile", f"{worked[middle]:.1f}, {worked[late]:.1f} ms")
    yield Line("hashes that it had to compare, median", f"{sorted(seen['found'])[middle]}")


def write(path: Path, found: list[Line], remark: str) -> None:
    before = path.read_text(encoding="utf-8").partition(BEGIN)[0] if path.exists() else ""
    facts = [f"- {each}" for each in (*speed_report.machine(PACKAGES), remark) if each]
    page = "\n".join([before + BEGIN, "", *facts, "", speed_report.table(found), ""])
    path.write_text(page, encoding="utf-8")
