"""A crowd plays, a plan of faults goes its way, and all comes to rest."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.chaos.crowd import Crowd
from tests.chaos.director import Director
from tests.chaos.machines import Machines
from tests.chaos.plan import Fault

LOOK = 0.3  # seconds
REST = 1200.0  # seconds in which everything ends once nobody begins anything any more: machines are busy
ENDED = "select count(*) from duels_duel where finished_at is not null"
SEATS = "select count(*) from duels_seat"


@dataclass
class Run:
    site: Machines
    crowd: Crowd
    director: Director
    say: Callable[[str], Any] = print
    known: int = 0  # how many duels had ended when we last asked

    def play(self, plan: list[Fault], duels: int, within: float, enough: float = math.inf) -> None:
        """Until the last fault is over and so many duels have ended, or until so many seconds are enough."""
        end, said = time.monotonic() + within, 0
        enough += time.monotonic()
        steps = self.director.run(plan, enough)
        while not self.over(steps) or (self.ended() < duels and time.monotonic() < enough):
            self.crowd.look()
            self.site.tend()
            said = self.tell(said, len(plan))
            assert time.monotonic() < end, f"{self.ended()} duels, {said} faults:\n{self.site.logs()}"
            time.sleep(LOOK)
        self.tell(said, len(plan))
        self.rest()

    def tell(self, said: int, of: int) -> int:
        for number, recovery in enumerate(self.director.recoveries[said:], said + 1):
            self.say(f"{number:3}/{of} {self.ended():4} duels  {recovery}")
        return len(self.director.recoveries)

    def over(self, steps: Any) -> bool:
        return next(steps, self) is self

    def ended(self) -> int:
        if not self.site.away:
            self.known = int(self.site.rows(ENDED)[0][0])
        return self.known

    def rest(self) -> None:
        self.crowd.stop()
        end = time.monotonic() + REST
        while self.site.rows(SEATS) != [(0,)]:
            self.crowd.look()
            self.site.tend()
            assert time.monotonic() < end, f"somebody still sits:\n{self.site.logs()}"
            time.sleep(LOOK)
