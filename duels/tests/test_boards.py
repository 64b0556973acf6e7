from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts import services
from accounts.models import Player
from duels import boards, figures, landmarks
from duels.models import BoardFigure, Landmark
from duels.tests.world import a_prompt, newcomer, played, reread, room_duel, shows

Counted = Callable[[int], AbstractContextManager[object]]


@pytest.fixture(autouse=True)
def _short_landmarks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Long boards, without the many players."""
    monkeypatch.setattr(landmarks, "STEP", 4)
    monkeypatch.setattr(landmarks, "LONG", 8)
    landmarks.rested.clear()
    yield
    landmarks.rested.clear()


def crowd(count: int) -> list[Player]:
    """Many share a rating."""
    return Player.objects.bulk_create(
        Player(name=f"P{number}", mu=25 + number % 4, wins=1, ranked=number % 3 == 0, expressive=50.0 + number % 5)
        for number in range(count)
    )


def on(name: str, size: int = boards.PAGE) -> list[str]:
    return [row.player.name for row in boards.page(name, size=size).rows]


def duel(ann: Player, match: float, bob: Player, other: float) -> None:
    found = room_duel(ann, bob)
    shows(ann, found, match)
    shows(bob, found, other)


@pytest.mark.parametrize("name", ["rating", "expressive", "language-en", "emotion-anger", "week"])
@pytest.mark.parametrize("measured", [False, True])
def test_pages_leave_nobody_out_and_places_go_on(prompt: object, name: str, measured: bool) -> None:
    board = boards.listing(name)
    BoardFigure.objects.bulk_create(
        BoardFigure(player=player, board=board.key, value=1 + player.pk % 5) for player in crowd(26)
    )
    assert (landmarks.measure(board) > 3) if measured else not Landmark.objects.exists()
    whole = on(name, size=50)
    paged: list[str] = []
    places: list[int] = []
    after: str | None = ""
    while after is not None:
        page = boards.page(name, after, size=5)
        paged += [row.player.name for row in page.rows]
        places += [row.place for row in page.rows]
        after = page.next
    assert (len(whole), paged, places) == (26, whole, list(range(1, 27)))
    by_name = {player.name: player for player in Player.objects.all()}
    assert [boards.place_of(by_name[each], name) for each in whole] == list(range(1, 27))


def test_a_place_is_found_with_the_same_few_queries_and_rows(
    prompt: object, django_assert_num_queries: Counted
) -> None:
    players = crowd(40)
    landmarks.measure(boards.listing("rating"))
    for player in players:
        with django_assert_num_queries(3):
            boards.place_of(player)


def test_a_board_is_read_with_the_same_few_queries_however_long(
    prompt: object, django_assert_num_queries: Counted
) -> None:
    crowd(3)
    with django_assert_num_queries(2):
        assert len(boards.page("rating").rows) == 3
    crowd(15)
    with django_assert_num_queries(2):
        assert len(boards.page("rating").rows) == 18
    after = boards.page("rating", size=5).next or ""
    with django_assert_num_queries(5):
        assert [row.place for row in boards.page("rating", after, size=5).rows] == [6, 7, 8, 9, 10]


def test_a_place_below_a_landmark_counts_who_has_come_since(prompt: object) -> None:
    crowd(30)
    last = newcomer("Last", mu=20, wins=1)
    landmarks.measure(boards.listing("rating"))
    newcomer("New", mu=21, wins=1)
    assert boards.place_of(last) == 32


def test_boards_are_measured_one_a_round_and_then_rest(prompt: object) -> None:
    crowd(9)
    for _ in boards.names():
        landmarks.measure_one()
    assert set(Landmark.objects.values_list("board", flat=True)) == {"rating", "expressive", "language-en"}
    Landmark.objects.all().delete()
    assert landmarks.measure_one() == 0


def test_the_gone_and_the_hidden_stand_on_no_board(ann: Player, bob: Player, cat: Player) -> None:
    for _ in range(5):
        duel(ann, 80, bob, 40)
    assert all(on(name) for name in ("rating", "today", "week", "expressive", "emotion-happiness", "language-en"))
    services.change_setting(ann, services.Setting.ON_LEADERBOARD, False)
    services.anonymise(bob)
    assert [on(name) for name in boards.names()] == [[]] * len(boards.names())
    assert boards.place_of(ann) is None


class TestGained:
    def test_points_are_summed_for_the_day_and_the_week(self, ann: Player, bob: Player, cat: Player) -> None:
        played(ann, 80, bob, 40)
        duel(ann, 80, cat, 40)
        gained = round(40 * (reread(ann).mu - 25))
        [row] = boards.page("today").rows
        assert (row.player, row.place) == (ann, 1)
        assert abs(int(row.figure) - gained) <= 1  # each duel's points as they were shown
        assert row.figure.startswith("+")
        assert on("week") == ["Ann"]  # who lost has gained nothing

    def test_begin_anew_with_the_day_and_the_week(self, ann: Player, bob: Player) -> None:
        played(ann, 80, bob, 40)
        tomorrow = timezone.now() + timedelta(days=1)
        assert not boards.listing("today", tomorrow).rows.exists()
        assert not boards.listing("week", tomorrow + timedelta(days=7)).rows.exists()

    def test_what_is_over_is_dropped_and_the_rest_is_kept(self, ann: Player, bob: Player) -> None:
        played(ann, 80, bob, 40)
        kept = set(BoardFigure.objects.values_list("player", "board"))
        for board in ("day-2020-01-06", "week-2020-01-06"):
            BoardFigure.objects.create(player=ann, board=board, value=3)
        assert figures.drop_past() == 2
        assert set(BoardFigure.objects.values_list("player", "board")) == kept
        assert figures.drop_past() == 0

    def test_landmarks_of_what_is_over_are_dropped_with_it(self, db: None) -> None:
        here = [boards.listing(name).key for name in ("today", "week", "rating")]
        for board in ("day-2020-01-06", "week-2020-01-06", *here):
            Landmark.objects.create(board=board, ranked=True, value=3, player=1, above=249)
        figures.drop_past()
        assert list(Landmark.objects.order_by("id").values_list("board", flat=True)) == here

    def test_a_week_begins_on_monday(self) -> None:
        monday = datetime(2026, 11, 16, tzinfo=UTC)
        week = {boards.listing("week", monday + timedelta(days=day)).key for day in range(7)}
        assert week == {"week-2026-11-16"}

    def test_an_unrated_duel_gains_nobody_anything(self, ann: Player, bob: Player) -> None:
        unrated = room_duel(ann, bob, rated=False)
        shows(ann, unrated, 80)
        shows(bob, unrated, 40)
        assert on("today") == []


class TestOneEmotion:
    def test_takes_five_matches_and_goes_by_the_last_twenty(self, ann: Player, bob: Player) -> None:
        for number in range(24):
            assert on("emotion-happiness") == ([] if number < 5 else ["Ann", "Bob"]), number
            duel(ann, 10 if number < 4 else 90, bob, 5)
        assert [row.figure for row in boards.page("emotion-happiness").rows] == ["90.0", "5.0"]
        assert on("emotion-anger") == []

    def test_no_face_counts_for_nothing(self, ann: Player, bob: Player) -> None:
        found = room_duel(ann, bob)
        shows(ann, found, None)
        shows(bob, found, 50)
        assert BoardFigure.objects.filter(player=ann, board="emotion-happiness").count() == 0

    def test_the_best_of_several_is_told(self, ann: Player, bob: Player) -> None:
        for _ in range(3):
            duel(ann, 50, bob, 40)
        assert boards.page("rating").rows[0].best is None
        a_prompt("rage", emotions=["anger", "happiness"])
        for figure in BoardFigure.objects.filter(board="emotion-happiness"):
            BoardFigure.objects.create(player=figure.player, board="emotion-anger", kept=[99, 99, 99])
        assert {row.best for row in boards.page("rating").rows} == {"anger"}


def test_the_last_five_are_kept_at_hand(ann: Player, bob: Player) -> None:
    for match in (80, 40, 20, 80, 80, 20):
        duel(ann, match, bob, 40)
    assert (reread(ann).last, reread(bob).last) == ("lwwld", "wllwd")
