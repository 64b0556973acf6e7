"""Many spectators on one web process: whether all see each verdict, how soon, and what that costs who tells them."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from django.db import transaction

from accounts import services
from accounts.models import Player
from duels import live, play
from duels.models import Duel, Seat
from tests.duels.site import free_port
from tests.speed import ROOT, Row, SpeedError, percentile

PAUSE = 0.7  # seconds between two duels
numbers = count(1)


def measure(watching: int, verdicts: int) -> Row:
    port = free_port()
    with web(port), crowd(port, watching) as watchers:
        players = [services.consent(services.enter(next(numbers))[0]) for _ in range(2)]
        said = dict(play_one(players) for _ in range(verdicts))
        time.sleep(3)
        heard = watchers()
    times = {number: [each - begun for each in heard.get(str(number), [])] for number, begun in said.items()}
    missing = sum(watching - len(each) for each in times.values())
    slowest = [max(each, default=0.0) for each in times.values()]
    return {"missing": missing, "slowest": max(slowest), "median": median(slowest), **costs(players)}


def play_one(players: list[Player]) -> tuple[int, float]:
    """The verdict's number, and when the judge came to it."""
    duel = started(players)
    for player in players:
        entry = play.submit_photo(player, play.Photo("photo", "", duel.created))
        begun = time.monotonic()
        play.record_score(entry.pk, 1, play.Seen("speed", "1", score=0.5, match=50.0 + player.pk))
    found = live.number()
    time.sleep(PAUSE)
    return found, begun


@transaction.atomic
def started(players: list[Player]) -> Duel:
    Seat.objects.bulk_create(Seat(player=player, state=Seat.State.SEARCHING) for player in players)
    return play.start(players, Duel.Origin.RANDOM, listed=True)


def costs(players: list[Player], times: int = 200) -> Row:
    """Seconds of a worker's, for one verdict: the number, and the message."""
    duel = Duel.objects.order_by("id").last()
    assert duel is not None
    found = [cost(duel) for _ in range(times)]
    return {"cost": median(found), "cost_p95": percentile(found)}


def cost(duel: Duel) -> float:
    """What is done in the transaction, and after it: beginning and commit are the duel's own."""
    after: list[float] = []
    with transaction.atomic():
        begun = time.perf_counter()
        transaction.on_commit(lambda: after.append(time.perf_counter()))
        live.announce(duel, rows=True)
        within = time.perf_counter() - begun
        transaction.on_commit(lambda: after.append(time.perf_counter()))
    time.sleep(0.02)  # as between verdicts: the message goes its way meanwhile
    return within + after[1] - after[0]


@contextmanager
def web(port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "daphne", "--bind", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen([*command, "emotionduel.asgi:application"], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                if answers(port):
                    break
                time.sleep(0.1)
            yield
        finally:
            process.terminate()


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, TimeoutError, ConnectionError):
        return False


@contextmanager
def crowd(port: int, watching: int) -> Iterator[Callable[[], dict[str, list[float]]]]:
    """In a process of its own. What it yields ends it, and says when each heard of each number."""
    command = [sys.executable, "-m", "tests.speed.crowd", str(port), str(watching)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise SpeedError("the spectators do not come in")

        def heard() -> dict[str, list[float]]:
            return dict(json.loads(process.communicate("\n")[0]))

        try:
            yield heard
        finally:
            process.kill()
