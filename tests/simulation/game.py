"""A crowd of simulated players and the duels that they play: who begins what, and how it went."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from statistics import median

from tests.botapi import BotApi, Shown
from tests.simulation.player import Player, Turn

ROOMS = 0.2  # of all duels
LARGEST_ROOM = 4
PAUSE = 0.05
PATIENCE = 200.0  # seconds without any news: longer than a duel takes


class Stuck(Exception):
    """Nothing goes on, and why that may be."""


@dataclass
class Outcome:
    """What each player had of a duel."""

    turns: list[Turn] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)

    @property
    def waited(self) -> float:
        """From the last photo, or giving up, until the last player saw the result."""
        return max(self.seen) - max(turn.acted for turn in self.turns)


class Game:
    def __init__(self, api: BotApi, players: int, duels: int, say: Callable[[str], object]) -> None:
        self.api, self.wanted, self.say = api, duels, say
        api.people = count(random.randrange(10**7, 10**12))  # nobody of an earlier game
        self.players = [Player.new(api, number, self.note) for number in range(players)]
        self.begun = 0
        self.uncounted = 0  # players' views of duels that were void or that nobody came to
        self.outcomes: dict[str, Outcome] = {}
        self.started = self.news = time.monotonic()

    def play(self) -> None:
        for player in self.players:
            player.begin()
        while not self.done:
            self.step()
            self.begin_duels()
            if time.monotonic() - self.news > PATIENCE:
                raise Stuck(self.why())
            time.sleep(PAUSE)

    def step(self) -> None:
        stirred = [player.step() for player in self.players]  # all of them, so no any() over a generator
        if any(stirred):
            self.news = time.monotonic()

    @property
    def done(self) -> bool:
        return self.begun == self.wanted and all(player.idle for player in self.players)

    def begin_duels(self) -> None:
        """As many players at a time as a duel needs: then each search finds somebody."""
        idle = [player for player in self.players if player.idle]
        random.shuffle(idle)
        while self.begun < self.wanted and len(idle) >= 2:
            self.begun += 1
            if random.random() < ROOMS:
                host, *guests = (idle.pop() for _ in range(min(random.randint(2, LARGEST_ROOM), len(idle))))
                host.invite(guests)
            else:
                idle.pop().seek()
                idle.pop().seek()

    def note(self, player: Player, duel: str, shown: Shown) -> None:
        """A player has seen how a duel ended."""
        player.idle = True
        if not duel:
            self.uncounted += 1
            return
        if duel not in self.outcomes:
            self.outcomes[duel] = Outcome()
            self.say(f"{len(self.outcomes):>4}/{self.wanted}  {in_a_line(shown)}")
        self.outcomes[duel].turns.append(player.turn)
        self.outcomes[duel].seen.append(time.monotonic())

    def why(self) -> str:
        """Words for whoever has to find out."""
        if self.api.pending:
            failure = self.api.delivery.last_error.get("last_error_message", "nobody fetches them")
            return f"{self.api.pending} updates were not taken by the site: {failure}. Has it the same settings?"
        waiting = sum(not player.idle for player in self.players)
        return f"{waiting} players wait, and nothing came for {PATIENCE:.0f} seconds: do the site's workers run?"

    def summary(self) -> Iterator[str]:
        photos, faceless, gave_up = (
            sum(getattr(player, name) for player in self.players) for name in ("photos", "faceless", "gave_up")
        )
        seconds = time.monotonic() - self.started
        yield f"{len(self.outcomes)} duels of {len(self.players)} players in {seconds:.0f} s"
        yield f"{photos} photos, {faceless} of them of no face; given up: {gave_up}"
        if self.uncounted:
            yield f"{self.uncounted} times a player was told that a duel did not count"
        ends = list(self.outcomes.values())
        if ends:
            dealt = [turn.dealt - turn.asked for end in ends for turn in end.turns]
            yield f"Until the task came: {spread(dealt)}"
            yield f"From the last photo to the last result: {spread([end.waited for end in ends])}"
        yield f"Calls that Telegram would have refused: {len(self.api.refusals)} of {len(self.api.calls)}"
        yield from self.api.refusals[:3]


def in_a_line(shown: Shown) -> str:
    """The task and the places, as one of the players reads them."""
    lines = [line for line in shown.text.splitlines() if line.startswith(("🎭", "🥇", "🥈", "🥉", "4️⃣"))]
    return "  ".join(lines)


def spread(seconds: list[float]) -> str:
    return f"{median(seconds):.1f} s in the middle, {max(seconds):.1f} s at most"
