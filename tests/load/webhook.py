"""How many updates the webhook takes in a second, beside an empty view on the same server in the same run."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from tests.load import updates
from tests.load.crowd import FIRST
from tests.load.site import SECRET, LoadSite, standing
from tests.load.telegram import Telegram
from tests.load.updates import Door, Line
from tests.speed import percentile

CONNECTIONS = 16
ROUNDS, SECONDS, WARM = 4, 6.0, 2.0
EMPTY = "/empty/"
chats = count(FIRST)


@dataclass
class Round:
    seconds: float
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds


@dataclass(frozen=True)
class Taken:
    webhook: list[Round]
    empty: list[Round]
    stored: int  # updates, as the database says

    @property
    def share(self) -> float:
        return rate(self.webhook) / rate(self.empty)

    @property
    def answered(self) -> int:
        return sum(each.statuses[200] for each in self.webhook)


def measure(rounds: int = ROUNDS, seconds: float = SECONDS, connections: int = CONNECTIONS) -> Taken:
    """Turn by turn, so that whatever else the machine does falls on both."""
    with Telegram() as telegram, standing(telegram, {"web": 1}) as site:
        return telegram.start(turn_by_turn(site, rounds, seconds, connections)).result()


async def turn_by_turn(site: LoadSite, rounds: int, seconds: float, connections: int) -> Taken:
    door = Door(site.port, SECRET, connections)
    await door.open()
    try:
        return await turns(site, door, rounds, seconds, connections)
    finally:
        await door.close()


async def turns(site: LoadSite, door: Door, rounds: int, seconds: float, connections: int) -> Taken:
    found: dict[str, list[Round]] = {EMPTY: [], updates.WEBHOOK: []}
    first = [await one_round(door, path, WARM, connections) for path in found]
    for _ in range(rounds):
        for path, taken in found.items():
            taken.append(await one_round(door, path, seconds, connections))
    [[stored]] = site.rows("select count(*) from duels_update")
    warm = first[1].statuses[200]
    return Taken(found[updates.WEBHOOK], found[EMPTY], stored - warm)


async def one_round(door: Door, path: str, seconds: float, connections: int) -> Round:
    found = Round(seconds)
    end = time.perf_counter() + seconds
    ready = ready_made(path)

    async def post_on() -> None:
        async with door.line() as line:
            while (begin := time.perf_counter()) < end:
                await one(line, next(ready), begin, found)

    begin = time.perf_counter()
    await asyncio.gather(*(post_on() for _ in range(connections)))
    found.seconds = time.perf_counter() - begin
    return found


async def one(line: Line, request: bytes, begin: float, found: Round) -> None:
    found.statuses[await line.ask(request)] += 1
    found.times.append(time.perf_counter() - begin)


def ready_made(path: str) -> Iterator[bytes]:
    """Each update of another person: made as it goes out, in a fraction of what it costs the server."""
    for chat in chats:
        yield updates.request(path, SECRET, updates.message(chat, text="Hello! Is anybody there?"))


def rate(rounds: list[Round]) -> float:
    return sum(len(each.times) for each in rounds) / sum(each.seconds for each in rounds)


def middle_and_slowest(rounds: list[Round]) -> tuple[float, float]:
    """The median, and the 99th percentile."""
    times = [each for round in rounds for each in round.times]
    return percentile(times, 0.5), percentile(times, 0.99)
