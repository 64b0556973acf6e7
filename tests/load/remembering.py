"""What memory each process keeps while thousands of duels are played, with a judge of no weight."""

import sys
import time
from dataclasses import dataclass

from tests.load.duels import REST, Play, playing

AT_ONCE = 16  # duels
LOOK = 2.0
SAID = 30  # looks until it is said again how far it is
WARM = 500  # duels, until every process has loaded what it ever needs
STEPS = 10


@dataclass(frozen=True)
class Remembered:
    duels: int
    seconds: float
    memory: list[tuple[int, dict[str, int]]]  # duels ended so far; resident bytes of each process then

    def at(self, duels: int) -> dict[str, int]:
        return min(self.memory, key=lambda each: abs(each[0] - duels))[1]


def measure(duels: int, warm: int = WARM, players: int = 200) -> Remembered:
    with playing(players=players, light=True) as play:
        begin = time.monotonic()
        memory = [(0, play.site.memory())]
        going = play.telegram.start(play.crowd.play_on(duels, AT_ONCE))
        while not going.done():
            time.sleep(LOOK)
            memory.append((len(play.crowd.duels), play.site.memory()))
            if len(memory) % SAID == 0:
                sys.stdout.write(f"  {memory[-1][0]} of {duels} duels after {time.monotonic() - begin:.0f} s\n")
        going.result()
        rested(play)
        return Remembered(len(play.crowd.duels), time.monotonic() - begin, memory)


def rested(play: Play) -> None:
    assert play.telegram.start(play.crowd.rest(REST)).result(), f"duels are left over:\n{play.site.logs()}"
