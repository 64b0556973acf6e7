from dataclasses import replace
from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from duels.rules.matchmaking import Waiting, couples, just_met, may_meet, reach

ANN, BOB, CAT, DAN = (Waiting(player, 1500, 5) for player in range(1, 5))


def names(waiting: list[Waiting]) -> set[frozenset[int]]:
    return {frozenset((one.player, other.player)) for one, other in couples(waiting)}


def met(one: Waiting, *others: Waiting) -> Waiting:
    return replace(one, last_opponents=frozenset(other.player for other in others))


def test_nobody_alone_is_paired() -> None:
    assert couples([]) == couples([ANN]) == []


def test_two_who_wait_play() -> None:
    assert names([ANN, BOB]) == {frozenset((1, 2))}


def test_the_longest_waiting_chooses_the_nearest() -> None:
    ann = replace(ANN, waited=9)
    assert names([replace(CAT, rating=1480), ann, replace(BOB, rating=1400)]) == {frozenset((1, 3))}


def test_the_allowed_difference_widens_while_they_wait() -> None:
    far = replace(BOB, rating=1900)
    assert names([replace(ANN, waited=10), far]) == set()
    assert names([replace(ANN, waited=15), far]) == {frozenset((1, 2))}


def test_after_a_minute_anybody_will_do() -> None:
    assert names([replace(ANN, waited=60), replace(BOB, rating=9000)]) == {frozenset((1, 2))}


def test_not_twice_in_a_row_while_a_third_waits() -> None:
    ann, bob = met(ANN, BOB), met(BOB, ANN)
    assert frozenset((1, 2)) not in names([ann, bob, CAT])
    assert names([ann, bob, met(CAT, DAN), met(DAN, CAT)]) in (
        {frozenset((1, 3)), frozenset((2, 4))},
        {frozenset((1, 4)), frozenset((2, 3))},
    )


def test_twice_in_a_row_when_nobody_else_waits() -> None:
    assert names([met(ANN, BOB), met(BOB, ANN)]) == {frozenset((1, 2))}


def test_a_third_whom_both_have_blocked_is_nobody() -> None:
    ann, bob = (replace(one, blocked=frozenset({3})) for one in (met(ANN, BOB), met(BOB, ANN)))
    assert names([ann, bob, CAT]) == {frozenset((1, 2))}


def test_a_block_holds_in_both_directions_and_for_ever() -> None:
    angry = replace(ANN, blocked=frozenset({2}), waited=500)
    assert names([angry, BOB]) == names([BOB, angry]) == set()


numbers = st.frozensets(st.integers(0, 9), max_size=3)
crowds = st.lists(
    st.builds(
        Waiting,
        player=st.integers(0, 9),
        rating=st.floats(500, 2500),
        waited=st.floats(0, 90),
        last_opponents=numbers,
        blocked=numbers,
    ),
    max_size=10,
    unique_by=lambda one: one.player,
)


@given(crowds)
def test_nobody_is_in_two_couples_and_all_may_meet(crowd: list[Waiting]) -> None:
    found = couples(crowd)
    players = [one.player for couple in found for one in couple]
    assert len(players) == len(set(players))
    for one, other in found:
        assert may_meet(one, other)
        assert abs(one.rating - other.rating) <= max(reach(one.waited), reach(other.waited))


@given(crowds)
def test_no_two_who_suit_each_other_are_left(crowd: list[Waiting]) -> None:
    paired = {one.player for couple in couples(crowd) for one in couple}
    left = [one for one in crowd if one.player not in paired]
    for one, other in combinations(left, 2):
        near = abs(one.rating - other.rating) <= max(reach(one.waited), reach(other.waited))
        assert just_met(one, other) or not (may_meet(one, other) and near)


@given(crowds, st.randoms())
def test_the_order_in_which_they_are_read_changes_nothing(crowd: list[Waiting], chance: Random) -> None:
    mixed = list(crowd)
    chance.shuffle(mixed)
    assert names(mixed) == names(crowd)


@given(crowds)
def test_a_last_opponent_comes_again_only_when_no_third_could(crowd: list[Waiting]) -> None:
    for one, other in couples(crowd):
        if just_met(one, other):
            thirds = [third for third in crowd if third not in (one, other)]
            assert not any(
                may_meet(who, third) and not just_met(who, third) for who in (one, other) for third in thirds
            )
