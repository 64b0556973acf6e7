from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from accounts import services
from accounts.models import Player
from duels import lobby, queries
from duels.models import Duel
from duels.queries import Board, Order
from duels.replay import replay
from duels.tests.world import a_prompt, newcomer, played, reread, room_duel, shows

Counted = Callable[[int], AbstractContextManager[object]]


def beaten(ann: Player, other: Player, match: float = 80, other_match: float = 40) -> None:
    duel = room_duel(ann, other)
    shows(ann, duel, match)
    shows(other, duel, other_match)


def board(which: Board) -> list[str]:
    return [player.name for player in queries.leaderboard(which).items]


class TestTheLeaderboard:
    def test_stands_by_rating_and_the_unsure_below_the_ranked(self, ann: Player, bob: Player, cat: Player) -> None:
        played(ann, 80, bob, 40)
        assert board(Board.RATING) == ["Ann", "Bob"]  # Cat has not played
        Player.objects.filter(pk=bob.pk).update(ranked=True)
        assert board(Board.RATING) == ["Bob", "Ann"]
        assert (queries.rank(reread(bob)), queries.rank(reread(ann)), queries.rank(cat)) == (1, 2, None)

    def test_shows_nobody_who_does_not_want_it(self, ann: Player, bob: Player) -> None:
        played(ann, 80, bob, 40)
        services.change_setting(ann, services.Setting.ON_LEADERBOARD, False)
        assert board(Board.RATING) == ["Bob"]
        assert queries.rank(reread(ann)) is None
        services.anonymise(bob)
        assert board(Board.RATING) == []

    def test_of_the_expressive_goes_by_mean_match(self, ann: Player, bob: Player) -> None:
        for _ in range(5):
            beaten(ann, bob, 60, 70)
        assert board(Board.EXPRESSIVE) == ["Bob", "Ann"]
        assert queries.rank(reread(ann), Board.EXPRESSIVE) == 2

    @pytest.mark.parametrize("which", Board)
    def test_has_pages_that_leave_nobody_out(self, prompt: object, which: Board) -> None:
        for number in range(23):
            mu = 25 + number % 4  # many share a rating
            newcomer(f"P{number}", mu=mu, wins=1, ranked=number % 3 == 0, expressive=float(mu))
        whole = [player.pk for player in queries.leaderboard(which, size=50).items]
        paged, after = [], None
        while True:
            page = queries.leaderboard(which, after, size=5)
            paged += [player.pk for player in page.items]
            if page.next is None:
                break
            after = page.next
        assert paged == whole
        assert len(whole) == 23
        ranks = [queries.rank(player, which) for player in queries.leaderboard(which, size=50).items]
        assert ranks == list(range(1, 24))


class TestHistory:
    def test_has_pages_newest_first_or_best_first(self, ann: Player, bob: Player) -> None:
        for match in (30, 90, 60, 60, 10):
            beaten(ann, bob, match, 50)
        first = queries.history(ann, size=3)
        assert [entry.match for entry in first.items] == [10, 60, 60]
        assert [entry.match for entry in queries.history(ann, after=first.next, size=3).items] == [90, 30]
        best = queries.history(ann, Order.BEST, size=2)
        assert [entry.match for entry in best.items] == [90, 60]
        assert [entry.match for entry in queries.history(ann, Order.BEST, best.next, 5).items] == [60, 30, 10]

    def test_holds_no_practice(self, ann: Player) -> None:
        shows(ann, lobby.practise(ann), 50)
        assert queries.history(ann).items == []

    def test_is_read_with_the_same_few_queries_however_long(
        self, ann: Player, bob: Player, django_assert_num_queries: Counted
    ) -> None:
        for _ in range(4):
            beaten(ann, bob)
        with django_assert_num_queries(3):
            page = queries.history(ann)
            assert {each.player.name for entry in page.items for each in entry.duel.entries.all()} == {"Ann", "Bob"}
            assert all(entry.duel.prompt for entry in page.items)


class TestAProfile:
    def test_tells_rating_rank_and_the_last_ten(self, ann: Player, bob: Player) -> None:
        for match in [80, 40, 20] * 4:
            beaten(ann, bob, match, 40)
        profile = queries.profile(reread(ann))
        assert profile.last == ("loss", "draw", "win") * 3 + ("loss",)
        assert profile.rating.endswith("?")
        assert profile.rank in (1, 2)

    def test_tells_the_emotions_shown_best_and_worst(self, ann: Player, bob: Player) -> None:
        for slug, emotion, match in (("joy", "happiness", 90), ("rage", "anger", 20), ("gloom", "sadness", 50)):
            prompt = a_prompt(f"{slug}-2", emotions=[emotion])
            for _ in range(queries.ENOUGH):
                beaten(ann, bob, match, 30)
                Duel.objects.filter(pk=Duel.objects.latest("id").pk).update(prompt=prompt)
        replay()  # as if they had been asked for that
        profile = queries.profile(ann)
        assert (profile.best, profile.worst) == ("happiness", "anger")

    def test_of_a_newcomer_is_empty(self, ann: Player) -> None:
        profile = queries.profile(ann)
        assert (profile.rating, profile.rank, profile.last, profile.best) == ("1500?", None, (), None)


def test_what_a_player_is_in_now(ann: Player, bob: Player) -> None:
    assert queries.running_duel(ann) is None
    practice = lobby.practise(ann)
    assert (queries.running_duel(ann), queries.practice_of(ann)) == (None, practice)
    duel = room_duel(ann, bob)
    assert (queries.running_duel(ann), queries.running_duel(bob)) == (duel, duel)


def test_a_result_is_read_with_its_players_by_place(
    ann: Player, bob: Player, django_assert_num_queries: Counted
) -> None:
    duel = played(ann, 20, bob, 40)
    with django_assert_num_queries(2):
        assert [entry.player.name for entry in queries.seen(duel.pk).entries.all()] == ["Bob", "Ann"]


def test_public_ids_lead_to_duels_and_players(ann: Player, bob: Player) -> None:
    duel = room_duel(ann, bob)
    assert queries.duel_of(duel.public_id) == duel
    assert queries.player_of(ann.public_id) == ann
    assert queries.duel_of("nothing") is None
    assert queries.player_of("nobody") is None
    services.anonymise(bob)
    assert queries.player_of(bob.public_id) is None


def test_a_rating_history_is_a_line(ann: Player, bob: Player) -> None:
    beaten(ann, bob)
    beaten(ann, bob)
    [(_, first, _), (_, second, _)] = queries.rating_history(ann)
    assert second > first > 25
