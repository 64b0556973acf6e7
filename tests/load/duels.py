"""Duels at a steady rate: how soon the result follows the second photo, what a duel costs, which rate is too high."""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import mean

from tests.load import faces
from tests.load.crowd import Crowd, Turn, last_photo
from tests.load.site import SECRET, SHIPPED, LoadSite, Spent, standing
from tests.load.telegram import SENDS, Telegram
from tests.load.updates import Door

PLAYERS = 240
CONNECTIONS = 20  # as the bot asks Telegram for
COMING = 180.0  # seconds that the players have for their greetings
WARM, REST = 8.0, 60.0
LOOK = 1.0
LASTS = 5.0  # seconds of a duel at most, where nothing has to wait
ENOUGH = 0.9  # of the duels that are due
WIDER, MORE = 1.5, 10.0  # a queue this much longer at the end than in the middle has grown
STAGES = """
    select duel.public_id, extract(epoch from update.received_at), extract(epoch from update.handled_at),
        extract(epoch from (select max(judged_at) from duels_entry where duel_id = duel.id))
    from duels_duel duel, duels_update update where duel.public_id = %s and update.update_id = %s
"""


@dataclass(frozen=True)
class Latency:
    """Seconds, one of each for each duel."""

    first: list[float]  # from the second photo's update to the first player's result
    both: list[float]  # and to the later one's
    stages: dict[str, list[float]]


@dataclass(frozen=True)
class Played:
    rate: float
    seconds: float
    duels: int
    latency: Latency
    spent: Spent
    calls: Counter[str]  # of the bot's, by method
    received: int  # bytes
    sent: int
    waiting: list[tuple[int, int, int]]  # updates, photos, notices, once a second
    lacking: int  # duels that could not begin, for everybody waited
    refused: int  # updates that were not answered with 200

    @property
    def messages(self) -> int:
        return sum(self.calls[name] for name in SENDS)

    @property
    def stable(self) -> bool:
        paced = keeps_pace(self.duels, self.rate, self.seconds)
        return not self.lacking and paced and not grew([sum(each) for each in self.waiting])


@dataclass
class Play:
    """A site with its players, ready to play."""

    site: LoadSite
    crowd: Crowd
    telegram: Telegram
    played: list[Played] = field(default_factory=list)

    def at(self, rate: float, seconds: float, warm: float = WARM) -> Played:
        self.telegram.start(self.crowd.play(rate, warm)).result()
        before, begin, calls = self.site.spent(), time.time(), Counter(self.telegram.calls)
        received, sent, lacking = self.telegram.received, self.telegram.sent, self.crowd.lacking
        playing, waiting = self.telegram.start(self.crowd.play(rate, seconds)), []
        while not playing.done():
            waiting.append(self.site.waiting())
            time.sleep(LOOK)
        spent, end = self.site.spent().since(before), time.time()
        calls = Counter(self.telegram.calls) - calls
        received, sent = self.telegram.received - received, self.telegram.sent - sent
        self.telegram.start(self.crowd.rest(REST)).result()
        ended = self.crowd.ended_since(begin)
        done = sum(begin <= max(turn.told_at for turn in turns) <= end for turns in ended.values())
        refused = self.crowd.answers.total() - self.crowd.answers[200]
        found = latency(self.site, ended)
        lacking = self.crowd.lacking - lacking
        return Played(rate, spent.at, done, found, spent, calls, received, sent, waiting, lacking, refused)


@contextmanager
def playing(
    shape: dict[str, int] | None = None, players: int = PLAYERS, light: bool = False, different: int = faces.DIFFERENT
) -> Iterator[Play]:
    with Telegram(faces.photos(different)) as telegram, standing(telegram, shape or SHIPPED, light) as site:
        crowd = Crowd(telegram, Door(site.port, SECRET, CONNECTIONS), players)
        try:
            telegram.start(crowd.come()).result(COMING)
            assert site.drained(COMING), f"{site.waiting()} are left over:\n{site.logs()}"
            yield Play(site, crowd, telegram)
        finally:
            telegram.start(crowd.door.close()).result()


def latency(site: LoadSite, ended: dict[str, list[Turn]]) -> Latency:
    found = Latency([], [], {})
    for duel, turns in ended.items():
        last = last_photo(turns)
        told = sorted(turn.told_at for turn in turns)
        found.first.append(told[0] - last.photo_at)
        found.both.append(told[-1] - last.photo_at)
        for name, seconds in stages(site, duel, last, told).items():
            found.stages.setdefault(name, []).append(seconds)
    return found


def stages(site: LoadSite, duel: str, last: Turn, told: Sequence[float]) -> dict[str, float]:
    [(_, received, handled, judged)] = site.rows(STAGES, duel, last.update)
    moments = [last.photo_at, *map(float, (received, handled, judged)), told[0], told[-1]]
    names = ("stored", "handled", "judged", "told the first player", "told the second")
    return {name: after - before for name, before, after in zip(names, moments, moments[1:], strict=False)}


def keeps_pace(ended: int, rate: float, seconds: float) -> bool:
    """As many end as begin, but for those that began last. A queue that grows by the same each second may look flat."""
    return ended >= ENOUGH * rate * (seconds - LASTS)


def grew(queue: Sequence[float]) -> bool:
    """Whether more waited in the last third than in the one before."""
    third = len(queue) // 3
    if not third:
        return False
    return mean(queue[-third:]) > WIDER * mean(queue[third : 2 * third]) + MORE


def highest_rate(play: Play, rates: Sequence[float], seconds: float, tries: int) -> list[Played]:
    """Halves the distance between a rate that holds and one that does not."""
    low, high = 0.0, 0.0
    found: list[Played] = []
    rate = rates[0]
    while len(found) < tries:
        found.append(play.at(rate, seconds))
        sys.stdout.write(f"  {rate:g} duels a second: {'they hold' if found[-1].stable else 'too many'}\n")
        if found[-1].stable:
            low = rate
        else:
            high = rate
            if not play.site.drained(REST):
                break
        rate = next_rate(low, high, rates)
        if rate in {each.rate for each in found}:
            break
    return found


def next_rate(low: float, high: float, rates: Sequence[float]) -> float:
    """The next of the rates where none has been too high; else the middle, in quarters."""
    if not high:
        return next((rate for rate in rates if rate > low), 2 * low)
    return round(2 * (low + high)) / 4
