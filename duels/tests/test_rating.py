from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duels.rules.fairness import may_count
from duels.rules.rating import Skill, Tally, add, rate
from duels.rules.verdict import Outcome

skills = st.builds(Skill, mu=st.floats(-10, 60), sigma=st.floats(1, 25 / 3))
duels = st.lists(st.tuples(skills, st.integers(1, 4)), min_size=2, max_size=4)


def test_a_newcomer_stands_at_1500_with_a_question_mark() -> None:
    assert str(Skill()) == "1500?"


def test_a_rating_is_sure_from_sigma_five_down() -> None:
    assert [str(Skill(26, sigma)) for sigma in (5.01, 5.0)] == ["1540?", "1540"]


def test_the_winner_rises_and_the_loser_falls() -> None:
    winner, loser = rate([Skill(), Skill()], [1, 2])
    assert winner.rating > 1500 > loser.rating
    assert max(winner.sigma, loser.sigma) < Skill().sigma


def test_a_draw_of_equals_moves_neither_rating() -> None:
    assert [skill.rating for skill in rate([Skill(), Skill()], [1, 1])] == [1500, 1500]


@given(skills, skills)
def test_of_two_the_winner_never_falls_and_the_loser_never_rises(one: Skill, other: Skill) -> None:
    winner, loser = rate([one, other], [1, 2])
    assert winner.mu >= one.mu
    assert loser.mu <= other.mu


@given(duels)
def test_the_same_duel_always_gives_the_same_figures(duel: list[tuple[Skill, int]]) -> None:
    players, places = zip(*duel, strict=True)
    assert rate(players, places) == rate(players, places)


@given(st.lists(st.permutations([1, 2, 3, 4]), min_size=1, max_size=12))
def test_equal_newcomers_rank_as_their_places_do(rounds: list[list[int]]) -> None:
    before = rate([Skill()] * 4, rounds[0])
    by_place = [skill for _, skill in sorted(zip(rounds[0], before, strict=True), key=lambda each: each[0])]
    assert all(ahead.mu > behind.mu for ahead, behind in pairwise(by_place))


@pytest.mark.parametrize(("met", "counts"), [([0], True), ([2], True), ([3], False), ([0, 3, 0], False), ([], True)])
def test_two_players_move_each_others_rating_three_times_a_day(met: list[int], counts: bool) -> None:
    assert may_count(met) is counts


def test_streaks_run_on_turn_and_end() -> None:
    tally = Tally()
    for mark in "WWLLLDW":
        tally = add(tally, {"W": Outcome.WIN, "L": Outcome.LOSS, "D": Outcome.DRAW}[mark])
    assert tally == Tally(wins=3, losses=3, draws=1, streak=1, best_streak=2, worst_streak=-3, last="wdlll")


@given(st.lists(st.sampled_from(Outcome)))
def test_a_tally_counts_every_duel_once(outcomes: list[Outcome]) -> None:
    tally = Tally()
    for outcome in outcomes:
        tally = add(tally, outcome)
    assert tally.wins + tally.losses + tally.draws == len(outcomes)
    assert tally.worst_streak <= tally.streak <= tally.best_streak
