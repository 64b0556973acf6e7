from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.lab import speed_report
from scoring.lab.speed_report import Line

FEW, MANY = 10_000, 1_000_000
WATCHING, VERDICTS = 1000, 30
TITLE = "# What the site costs"
ABOUT = (
    "Written by `make bench`, on a PostgreSQL and a Redis of its own. Times of boards are those in the database, "
    "planning and execution of all queries together, the 95th percentile of 200. A page is the whole front page: "
    "board, places, best emotions, duels; it begins after anybody on the board. All spectators, the web process and "
    "the worker share the machine."
)
PACKAGES = ("django", "psycopg", "channels", "channels_redis", "daphne", "redis")


class Command(BaseCommand):
    help = "Measures boards with a million players, and spectators; writes its part of docs/benchmarks.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--players", type=int, default=MANY, help=f"on the long boards ({MANY})")
        parser.add_argument("--watching", type=int, default=WATCHING, help=f"spectators ({WATCHING})")
        parser.add_argument("--verdicts", type=int, default=VERDICTS, help=f"that they are to see ({VERDICTS})")
        parser.add_argument("--remark", default="", help="what else a reader should know of this run")
        parser.add_argument("--output", type=Path, default=Path("docs") / "benchmarks.md", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["players"] <= FEW:
            raise CommandError(f"--players is more than {FEW}: long boards are compared with such")
        try:
            found = list(measured(options["players"], options["watching"], options["verdicts"]))
        except ModuleNotFoundError as error:
            raise CommandError(f"{error.name} is missing: run `make setup`") from None
        for line in found:
            verdict = {True: "reached", False: "MISSED", None: ""}[line.reached]
            self.stdout.write(f"{line.measured:>24}  {verdict:8}{line.goal:22}{line.what}")
        facts = [f"- {each}" for each in (*speed_report.machine(PACKAGES), options["remark"]) if each]
        page = "\n".join([TITLE, "", ABOUT, "", *facts, "", speed_report.table(found), ""])
        speed_report.put(options["output"], page)
        self.stdout.write(f"Written: {options['output']}")


def measured(players: int, watching: int, verdicts: int) -> Iterator[Line]:
    from tests import postgres, redis, speed

    if postgres.binaries() is None or redis.program() is None:
        raise CommandError("It takes PostgreSQL's and Redis's servers: apt install postgresql redis-server")
    try:
        with postgres.server() as database, redis.server() as carrier:
            few = speed.ask("boards", database, carrier, players=FEW)
            many = speed.ask("boards", database, carrier, players=players)
            yield from board_lines(few, many, players)
        with postgres.server() as database, redis.server() as carrier:
            seen = speed.ask("spectators", database, carrier, watching=watching, verdicts=verdicts)
            yield from spectator_lines(seen, watching, verdicts)
    except speed.SpeedError as error:
        raise CommandError(str(error)) from error


def board_lines(few: Mapping[str, Any], many: Mapping[str, Any], players: int) -> Iterator[Line]:
    yield from compared("first page of the leaderboard", few["first"], many["first"], players)
    yield from compared("a page anywhere in it", few["pages"]["rating"], many["pages"]["rating"], players)
    yield from compared('"my place"', few["places"]["rating"], many["places"]["rating"], players)
    for what, which in (("a page anywhere", "pages"), ('"my place"', "places")):
        slowest = max(many[which], key=lambda name: many[which][name])
        yield from compared(
            f"{what}, on the slowest board ({slowest})", few[which][slowest], many[which][slowest], players
        )
    yield Line(f"setting {many['landmarks']} landmarks on a board, once a minute at most", f"{many['measuring']:.1f} s")


def compared(what: str, few: float, many: float, players: int) -> Iterator[Line]:
    yield Line(f"{what}, {FEW:,} players", f"{1000 * few:.1f} ms")
    yield Line(f"{what}, {players:,} players", f"{1000 * many:.1f} ms", "<= 10 ms", many <= 0.01)
    yield Line("how many times as long", f"{many / few:.2f}", "<= 2", many <= 2 * few)


def spectator_lines(seen: Mapping[str, Any], watching: int, verdicts: int) -> Iterator[Line]:
    missing, slowest, cost = seen["missing"], seen["slowest"], 1000 * seen["cost_p95"]
    what = f"{verdicts} verdicts before {watching:,} spectators on one web process"
    yield Line(f"{what}: missed", f"{missing}", "0", missing == 0)
    yield Line("until the last spectator has heard, the slowest verdict", f"{slowest:.2f} s", "<= 1 s", slowest <= 1)
    yield Line("the same, median verdict", f"{seen['median']:.2f} s")
    yield Line("what telling costs the judge's worker, 95th percentile", f"{cost:.1f} ms", "<= 5 ms", cost <= 5)
    yield Line("the same, median", f"{1000 * seen['cost']:.1f} ms")
