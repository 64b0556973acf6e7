import re
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from scoring.lab import speed_report
from scoring.lab.speed_report import Line

if TYPE_CHECKING:
    from tests.fairplay.telling import Told

BEGIN = "<!-- Written by `make fairplay` from here on. -->"
FACES, LOOK_UPS = "### Pictures", "### Look-ups"  # either can be measured without the other, which is kept then
PACKAGES = ("django", "numpy", "pillow", "psycopg")
NAMES = {"strangers": "pictures that nobody has shown", "copies": "copies saved anew"}


class Command(BaseCommand):
    help = "Measures how copies are told from other pictures of the same face; writes the end of docs/fairplay.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--faces", type=Path, metavar="ZIP", help="an archive of cut-out faces; without: drawn ones"
        )
        parser.add_argument("--count", type=int, default=110, help="how many of them (110); 0: only look-ups")
        parser.add_argument("--seconds", type=int, default=900, help="for them: then those done are counted (900)")
        parser.add_argument("--rows", type=int, default=1_000_000, help="hashes to look among (1000000); 0: no look-up")
        parser.add_argument("--remark", default="", help="what else a reader should know of this run")
        parser.add_argument("--output", type=Path, default=Path("docs") / "fairplay.md", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["count"]:
            told = measured(options["faces"], options["count"], options["seconds"], self.progress)
            self.report(FACES, list(told_lines(told, options["faces"])), options)
        if options["rows"]:
            self.report(LOOK_UPS, list(self.look_ups(options["rows"], options["faces"])), options)

    def report(self, title: str, found: list[Line], options: Mapping[str, Any]) -> None:
        for line in found:
            self.stdout.write(f"{line.measured:>12}  {line.goal:10}{line.what}")
        write(options["output"], title, found, options["remark"])

    def look_ups(self, rows: int, archive: Path | None) -> Iterator[Line]:
        from tests.fairplay import looking_up

        for name, url in databases():
            self.progress(f"Looking up in {name}")
            what = f"a look-up among {rows:,} hashes, {name}"
            try:
                yield from looked_up(what, looking_up.asked(url, rows, archive))
            except TimeoutExpired as error:
                yield Line(what, f"given up after {error.timeout:.0f} s")

    def progress(self, words: str) -> None:
        self.stderr.write(words)


def measured(archive: Path | None, count: int, seconds: float, progress: Callable[[str], None]) -> "Told":
    import torch

    from scoring.faces import FaceFinder
    from tests.fairplay import pictures, telling

    torch.set_num_threads(1)  # as the judge has it
    until = time.monotonic() + seconds

    def goes_on(told: "Told") -> bool:
        pairs = len(told.others + told.series)
        progress(f"{told.found.total()} of {told.made.total()} copies found, {pairs} pairs of other pictures")
        return time.monotonic() < until

    return telling.tell(pictures.real(archive, count) if archive else pictures.drawn(), FaceFinder(), goes_on)


def told_lines(told: "Told", archive: Path | None) -> Iterator[Line]:
    what = "real faces" if archive else "drawn faces"
    yield from copies_lines(told, what)
    yield from pairs_lines(told, what)
    yield Line("photos of a simulated screen that are marked", told.marked("screen"))
    yield Line("photos of a simulated print that are marked", told.marked("print"))
    yield Line("ordinary photos that are marked", told.marked("photo"))


def copies_lines(told: "Told", what: str) -> Iterator[Line]:
    found, made = told.share_found, told.made.total() - told.faceless.total()
    faces = max(told.made.values())
    yield Line(f"near-copies found, {faces} {what}, {made} copies", f"{100 * found:.1f} %", ">= 98 %", found >= 0.98)
    for name in told.made:
        yield Line(f"of those {name}", f"{told.found[name]} of {told.made[name] - told.faceless[name]}")
    yield Line("the difference that 99 of 100 copies keep below", f"{percentile(told.apart, 0.99):.4f}")


def pairs_lines(told: "Told", what: str) -> Iterator[Line]:
    from scoring.copies import SAME

    share = told.share_refused
    pairs = f"pairs of other pictures of the same face refused, {what}, {len(told.others + told.series)} pairs"
    yield Line(pairs, f"{100 * share:.2f} %", "<= 0.5 %", share <= 0.005)
    for name, apart in (("another moment", told.others), ("half a second later", told.series)):
        refused = sum(each <= SAME for each in apart)
        least = f"least difference {min(apart):.4f}, of 199 in 200 more than {percentile(apart, 0.005):.4f}"
        yield Line(f"of those of {name} ({least}; a copy's is at most {SAME})", f"{refused} of {len(apart)}")
    if told.strangers:
        yield Line("the least difference of two persons", f"{min(told.strangers):.3f}")


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def databases() -> Iterator[tuple[str, str]]:
    from tests import postgres

    with tempfile.TemporaryDirectory(prefix="emotionduel-fairplay-") as folder:
        yield "SQLite", f"sqlite:///{folder}/hashes.sqlite3"
    if postgres.binaries():
        with postgres.server() as url:
            yield "PostgreSQL", url


def looked_up(what: str, seen: Mapping[str, Any]) -> Iterator[Line]:
    """By the clock of the wall."""
    for whose in ("strangers", "copies"):
        asked = seen[whose]
        looked, compared = ([1000 * each for each in asked[kind]] for kind in ("looked", "compared"))
        late = percentile(looked, 0.95)
        name = f"{what}, {asked['asked']} {NAMES[whose]}"
        yield Line(f"{name}, 95th percentile", f"{late:.1f} ms", "<= 10 ms", late <= 10)
        yield Line("its median", f"{percentile(looked, 0.5):.1f} ms")
        yield Line("hashes that it finds, median", f"{percentile(asked['rows'], 0.5)}")
        middle, late = percentile(compared, 0.5), percentile(compared, 0.95)
        yield Line(
            "the closer looks at those that are likest, median and 95th percentile", f"{middle:.1f}, {late:.1f} ms"
        )
    yield Line("of those copies were found", f"{seen['copies']['found']} of {seen['copies']['asked']}")


def write(path: Path, title: str, found: list[Line], remark: str) -> None:
    before, _, parts = (path.read_text(encoding="utf-8") if path.exists() else "").partition(BEGIN)
    facts = [f"- {each}" for each in (*speed_report.machine(PACKAGES), remark) if each]
    written = {each.partition("\n")[0]: each.strip() for each in re.split(r"^(?=### )", parts, flags=re.MULTILINE)}
    written[title] = "\n".join([title, "", *facts, "", speed_report.table(found)])
    page = "\n\n".join([BEGIN, *(written[each] for each in (FACES, LOOK_UPS) if each in written)])
    path.write_text(f"{before}{page}\n", encoding="utf-8")
