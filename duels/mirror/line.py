"""Who looks into the mirror, and who stands in line for it."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

TURN = 60.0  # seconds, while others wait
IDLE = 8.0  # and as long is a seat kept for who shows nothing
MOST_WAITING = 50

Who = TypeVar("Who", bound=Hashable)


@dataclass
class Seat:
    since: float
    shown: float  # when the last frame came


class Line(Generic[Who]):
    def __init__(self, seats: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.seats = seats
        self.clock = clock
        self.seated: dict[Who, Seat] = {}
        self.waiting: list[Who] = []

    def __len__(self) -> int:
        return len(self.seated) + len(self.waiting)

    @property
    def full(self) -> bool:
        return len(self.waiting) >= MOST_WAITING

    def enter(self, who: Who) -> None:
        self.waiting.append(who)
        self.move_up()

    def leave(self, who: Who) -> None:
        self.seated.pop(who, None)
        if who in self.waiting:
            self.waiting.remove(who)
        self.move_up()

    def show(self, who: Who) -> None:
        if who in self.seated:
            self.seated[who].shown = self.clock()

    def place(self, who: Who) -> int:
        """0: it is their turn."""
        return 0 if who in self.seated else self.waiting.index(who) + 1

    def move_up(self) -> None:
        """Who has had a turn goes to the end, but only for somebody who waits."""
        spare = len(self.waiting) - (self.seats - len(self.seated))
        over = [who for who in self.seated if self._is_over(self.seated[who])][: max(0, spare)]
        for who in over:
            del self.seated[who]
        self.waiting += over
        while self.waiting and len(self.seated) < self.seats:
            now = self.clock()
            self.seated[self.waiting.pop(0)] = Seat(now, now)

    def _is_over(self, seat: Seat) -> bool:
        now = self.clock()
        return now - seat.since >= TURN or now - seat.shown >= IDLE
