from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duels.rules.verdict import Kind, Outcome, Showing, decide, shown

ABSENT, FACELESS = Showing(sent=False), Showing(sent=True)
WIN, LOSS, DRAW = Outcome.WIN, Outcome.LOSS, Outcome.DRAW


def face(match: float) -> Showing:
    return Showing(sent=True, match=match)


@pytest.mark.parametrize(
    ("showings", "kind", "places", "outcomes"),
    [
        ([face(80), face(60)], Kind.CONTEST, (1, 2), (WIN, LOSS)),
        ([face(60), face(80)], Kind.CONTEST, (2, 1), (LOSS, WIN)),
        ([face(70), face(70)], Kind.CONTEST, (1, 1), (DRAW, DRAW)),
        ([face(70.02), face(69.98)], Kind.CONTEST, (1, 1), (DRAW, DRAW)),
        ([face(0), FACELESS], Kind.TECHNICAL, (1, 2), (WIN, LOSS)),
        ([ABSENT, face(3)], Kind.TECHNICAL, (2, 1), (LOSS, WIN)),
        ([FACELESS, FACELESS], Kind.FACELESS, (1, 1), (LOSS, LOSS)),
        ([FACELESS, ABSENT], Kind.FACELESS, (1, 1), (LOSS, LOSS)),
        ([ABSENT, ABSENT], Kind.NOBODY, (), ()),
        ([face(50), face(90), face(70)], Kind.CONTEST, (3, 1, 2), (LOSS, WIN, LOSS)),
        ([face(90), face(90), face(70)], Kind.CONTEST, (1, 1, 3), (DRAW, DRAW, LOSS)),
        ([face(90), face(70), face(70), face(10)], Kind.CONTEST, (1, 2, 2, 4), (WIN, LOSS, LOSS, LOSS)),
        ([face(90), face(70), FACELESS, ABSENT], Kind.CONTEST, (1, 2, 3, 3), (WIN, LOSS, LOSS, LOSS)),
        ([ABSENT, FACELESS, face(1), ABSENT], Kind.TECHNICAL, (2, 2, 1, 2), (LOSS, LOSS, WIN, LOSS)),
        ([face(5), face(5), face(5), face(5)], Kind.CONTEST, (1, 1, 1, 1), (DRAW,) * 4),
        ([ABSENT, ABSENT, FACELESS], Kind.FACELESS, (1, 1, 1), (LOSS,) * 3),
        ([ABSENT] * 4, Kind.NOBODY, (), ()),
    ],
)
def test_every_case_of_the_rules(
    showings: list[Showing], kind: Kind, places: tuple[int, ...], outcomes: tuple[Outcome, ...]
) -> None:
    found = decide(showings)
    assert (found.kind, found.places, found.outcomes) == (kind, places, outcomes)


anything = st.one_of(st.just(ABSENT), st.just(FACELESS), st.floats(0, 100).map(face))
duels = st.lists(anything, min_size=2, max_size=4)


@given(duels, st.randoms())
def test_the_order_of_the_seats_decides_nothing(showings: list[Showing], chance: Random) -> None:
    order = list(range(len(showings)))
    chance.shuffle(order)
    straight, mixed = decide(showings), decide([showings[seat] for seat in order])
    assert mixed.kind == straight.kind
    if straight.places:
        assert mixed.places == tuple(straight.places[seat] for seat in order)
        assert mixed.outcomes == tuple(straight.outcomes[seat] for seat in order)


@given(duels)
def test_at_most_one_wins_and_draws_come_in_company(showings: list[Showing]) -> None:
    found = decide(showings)
    wins, draws = found.outcomes.count(WIN), found.outcomes.count(DRAW)
    assert wins <= 1
    assert draws != 1
    assert not (wins and draws)
    assert bool(wins or draws) == any(each.match is not None for each in showings)


@given(duels)
def test_a_place_is_one_more_than_those_ahead(showings: list[Showing]) -> None:
    places = decide(showings).places
    assert all(place == 1 + sum(other < place for other in places) for place in places)


@given(duels)
def test_a_higher_match_as_shown_never_stands_behind(showings: list[Showing]) -> None:
    places = decide(showings).places
    for place, one in zip(places, showings, strict=bool(places)):
        for other_place, other in zip(places, showings, strict=True):
            if one.match is not None and (other.match is None or shown(one.match) > shown(other.match)):
                assert place < other_place
