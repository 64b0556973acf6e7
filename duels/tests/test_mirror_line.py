"""Who looks into the mirror, and who waits. Time is told, not waited for."""

import pytest

from duels.mirror.line import IDLE, MOST_WAITING, TURN, Line


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(clock: Clock) -> Line[str]:
    return Line(1, clock)


def places(line: Line[str], *names: str) -> list[int]:
    return [line.place(name) for name in names]


def pass_time(line: Line[str], clock: Clock, seconds: float, *showing: str) -> None:
    clock.now += seconds
    for name in showing:
        line.show(name)
    line.move_up()


def enter(line: Line[str], *names: str) -> None:
    for name in names:
        line.enter(name)


def test_the_first_looks_and_the_next_stand_in_line(line: Line[str]) -> None:
    enter(line, "Ann", "Bob", "Cat")
    assert places(line, "Ann", "Bob", "Cat") == [0, 1, 2]


def test_who_leaves_makes_room_wherever_they_stood(line: Line[str]) -> None:
    enter(line, "Ann", "Bob", "Cat", "Dan")
    line.leave("Bob")
    line.leave("Ann")
    assert places(line, "Cat", "Dan") == [0, 1]


def test_a_turn_ends_when_others_wait_and_goes_on_at_the_end(line: Line[str], clock: Clock) -> None:
    enter(line, "Ann", "Bob", "Cat")
    pass_time(line, clock, TURN - 1, "Ann")
    assert places(line, "Ann", "Bob", "Cat") == [0, 1, 2]
    pass_time(line, clock, 1, "Ann")
    assert places(line, "Bob", "Cat", "Ann") == [0, 1, 2]


def test_alone_one_may_look_for_as_long_as_one_likes(line: Line[str], clock: Clock) -> None:
    enter(line, "Ann")
    pass_time(line, clock, 10 * TURN)
    assert line.place("Ann") == 0


def test_who_shows_nothing_keeps_nobody_waiting(line: Line[str], clock: Clock) -> None:
    enter(line, "Ann", "Bob")
    pass_time(line, clock, IDLE)
    assert places(line, "Bob", "Ann") == [0, 1]


def test_only_as_many_give_way_as_others_wait(clock: Clock) -> None:
    line: Line[str] = Line(2, clock)
    enter(line, "Ann", "Bob", "Cat")
    pass_time(line, clock, TURN, "Ann", "Bob")
    assert places(line, "Bob", "Cat", "Ann") == [0, 0, 1]


def test_a_line_has_an_end(line: Line[str]) -> None:
    enter(line, "Ann", *(f"visitor {number}" for number in range(MOST_WAITING)))
    assert line.full
    line.leave("Ann")
    assert not line.full
