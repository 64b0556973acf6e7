from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from scoring.lab import speed_report

if TYPE_CHECKING:
    from scoring.lab.speed_report import Line

RATE = 3.0  # duels a second
SECONDS = 60.0
RATES, TRIES = (2.0, 4.0, 8.0), 5
MEMORY = 10_000  # duels, and photos
USUAL = ("webhook", "duels", "rate", "judges")


class Command(BaseCommand):
    help = "Measures what load the site bears; each piece writes its own part of docs/benchmarks.md and planning.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        pieces = ",".join([*USUAL, "memory"])
        parser.add_argument("--only", default=",".join(USUAL), metavar="PIECES", help=f"some of {pieces}")
        parser.add_argument("--rate", type=float, default=RATE, help=f"duels a second ({RATE:g})")
        parser.add_argument("--seconds", type=float, default=SECONDS, help=f"at each rate ({SECONDS:g})")
        parser.add_argument("--memory", type=int, default=MEMORY, help=f"duels, for the piece memory ({MEMORY})")
        parser.add_argument("--remark", default="", help="what else a reader should know of this run")
        parser.add_argument("--output", type=Path, default=Path("docs") / "benchmarks.md", metavar="FILE")
        parser.add_argument("--planning", type=Path, default=Path("docs") / "planning.md", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = [each.strip() for each in options["only"].split(",")]
        if unknown := set(wanted) - PIECES.keys():
            raise CommandError(f"--only knows {', '.join(PIECES)}, not {', '.join(sorted(unknown))}")
        must_be_possible()
        for piece in wanted:
            self.stdout.write(f"{piece}:")
            try:
                found = list(PIECES[piece](options))
            except AssertionError as error:
                raise CommandError(f"{piece}: {error}") from error
            self.write(piece, found, options)

    def write(self, piece: str, found: "list[Line]", options: dict[str, Any]) -> None:
        from tests.load import report

        for line in found:
            verdict = {True: "reached", False: "MISSED", None: ""}[line.reached]
            self.stdout.write(f"{line.measured:>24}  {verdict:8}{line.goal:14}{line.what}")
        speed_report.put(options["output"], report.page(piece, found, options["remark"]))
        self.stdout.write(f"Written: {options['output']}")


def must_be_possible() -> None:
    try:
        from tests import postgres
        from tests.load import duels  # noqa: F401
    except ModuleNotFoundError as error:
        raise CommandError(f"{error.name} is missing: run `make setup`") from None
    if postgres.binaries() is None:
        raise CommandError(postgres.MISSING)


def webhook(options: dict[str, Any]) -> "Iterator[Line]":
    from tests.load import report, webhook

    return report.of_webhook(webhook.measure())


def duels(options: dict[str, Any]) -> "Iterator[Line]":
    from tests.load import plan, report
    from tests.load.duels import playing

    with playing() as play:
        found = play.at(options["rate"], options["seconds"])
    measured_on, *_, when = speed_report.machine(())
    costs = plan.of(found, options["output"])
    speed_report.put(options["planning"], plan.page(costs, f"{measured_on}. {when}"))
    return report.of_duels(found)


def rate(options: dict[str, Any]) -> "Iterator[Line]":
    from tests.load import report
    from tests.load.duels import highest_rate, playing

    with playing() as play:
        return report.of_rate(highest_rate(play, RATES, options["seconds"], TRIES))


def judges(options: dict[str, Any]) -> "Iterator[Line]":
    from tests.load import judging, report

    return report.of_judges([judging.measure(processes) for processes in (1, 2)])


def memory(options: dict[str, Any]) -> "Iterator[Line]":
    from tests.load import judging, remembering, report

    duels = options["memory"]
    return report.of_memory(remembering.measure(duels), judging.measure(1, duels))


PIECES: dict[str, "Callable[[dict[str, Any]], Iterator[Line]]"] = {
    "webhook": webhook,
    "duels": duels,
    "rate": rate,
    "judges": judges,
    "memory": memory,
}
