from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Player
from duels import deadlines, lobby, play
from duels.models import Duel, Entry, Seat
from duels.notices import Kind
from duels.tests.world import entry_of, long_ago, played, random_duel, reread, room_duel, shows, time_is_up, told


def expired(duel: Duel) -> Duel:
    time_is_up(duel)
    deadlines.expire(long_ago())
    duel.refresh_from_db()
    return duel


def outcomes(duel: Duel) -> dict[str, tuple[int | None, str]]:
    return {entry.player.name: (entry.place, entry.outcome) for entry in duel.entries.select_related("player")}


class TestTheVerdict:
    def test_is_told_with_the_last_photo(self, ann: Player, bob: Player) -> None:
        duel = played(ann, 80, bob, 40)
        assert (duel.status, duel.verdict, duel.counted) == ("finished", "contest", True)
        assert outcomes(duel) == {"Ann": (1, "win"), "Bob": (2, "loss")}
        assert told(ann)[-1] == told(bob)[-1] == Kind.RESULT
        assert not Seat.objects.exists()

    def test_is_a_draw_where_people_see_the_same(self, ann: Player, bob: Player) -> None:
        duel = played(ann, 80.04, bob, 79.96)
        assert outcomes(duel) == {"Ann": (1, "draw"), "Bob": (1, "draw")}

    def test_is_a_technical_win_over_who_did_not_come(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        shows(ann, duel, 3)
        assert expired(duel).verdict == "technical"
        assert outcomes(duel) == {"Ann": (1, "win"), "Bob": (2, "loss")}
        assert reread(ann).mu > 25 > reread(bob).mu

    def test_is_a_technical_win_over_who_showed_no_face(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        shows(bob, duel, None)
        shows(ann, duel, 3)
        assert outcomes(expired(duel)) == {"Ann": (1, "win"), "Bob": (2, "loss")}

    @pytest.mark.parametrize("both", [True, False])
    def test_without_any_face_all_lose_and_no_rating_moves(self, ann: Player, bob: Player, both: bool) -> None:
        duel = random_duel(ann, bob)
        shows(ann, duel, None)
        if both:
            shows(bob, duel, None)
        assert (expired(duel).verdict, duel.counted) == ("faceless", False)
        assert {outcome for _, outcome in outcomes(duel).values()} == {"loss"}
        for player in (reread(ann), reread(bob)):
            assert (player.losses, player.streak, player.mu) == (1, -1, 25.0)

    def test_is_none_where_nobody_sent_anything(self, ann: Player, bob: Player) -> None:
        duel = expired(random_duel(ann, bob))
        assert (duel.status, duel.verdict) == ("cancelled", "nobody")
        assert told(ann)[-1] == told(bob)[-1] == Kind.CANCELLED
        assert reread(ann).duels == 0

    def test_of_four_gives_places(self, ann: Player, bob: Player, cat: Player, dan: Player) -> None:
        duel = room_duel(ann, bob, cat, dan)
        shows(ann, duel, 40)
        shows(bob, duel, 90)
        shows(cat, duel, None)
        expired(duel)
        assert outcomes(duel) == {"Bob": (1, "win"), "Ann": (2, "loss"), "Cat": (3, "loss"), "Dan": (3, "loss")}

    def test_of_three_with_a_shared_first_is_a_draw_for_those(self, ann: Player, bob: Player, cat: Player) -> None:
        duel = room_duel(ann, bob, cat)
        for player, match in ((ann, 70), (bob, 70), (cat, 60)):
            shows(player, duel, match)
        assert outcomes(duel) == {"Ann": (1, "draw"), "Bob": (1, "draw"), "Cat": (3, "loss")}


class TestStreaks:
    def test_grow_turn_and_are_remembered(self, ann: Player, bob: Player) -> None:
        for match in (80, 80, 20, 20, 20):
            duel = room_duel(ann, bob)
            shows(ann, duel, match)
            shows(bob, duel, 50)
        player = reread(ann)
        assert (player.wins, player.losses) == (2, 3)
        assert (player.streak, player.best_streak, player.worst_streak) == (-3, 2, -3)

    def test_end_with_a_draw(self, ann: Player, bob: Player) -> None:
        for match in (80, 50):
            duel = room_duel(ann, bob)
            shows(ann, duel, match)
            shows(bob, duel, 50)
        assert (reread(ann).streak, reread(ann).best_streak, reread(bob).streak) == (0, 1, 0)


class TestRatings:
    def duel(self, ann: Player, *others: Player, rated: bool = True) -> Duel:
        duel = room_duel(ann, *others, rated=rated)
        shows(ann, duel, 80)
        for other in others:
            shows(other, duel, 40)
        duel.refresh_from_db()
        return duel

    def test_are_written_beside_each_entry(self, ann: Player, bob: Player) -> None:
        entry = entry_of(ann, self.duel(ann, bob))
        assert (entry.mu_before, entry.mu_after) == (25.0, reread(ann).mu)

    def test_move_three_times_a_day_for_the_same_pair(self, ann: Player, bob: Player, cat: Player) -> None:
        assert [self.duel(ann, bob).counted for _ in range(4)] == [True, True, True, False]
        assert self.duel(ann, cat).counted is True
        assert self.duel(ann, bob, cat).counted is False
        assert reread(ann).wins == 6  # tallies go on

    def test_move_again_the_next_day_utc(self, ann: Player, bob: Player) -> None:
        for _ in range(3):
            self.duel(ann, bob)
        yesterday = timezone.now() - timedelta(days=1)
        Duel.objects.update(finished_at=yesterday)
        Entry.objects.update(ended_at=yesterday)
        assert self.duel(ann, bob).counted is True

    def test_stand_still_where_the_owner_has_switched_them_off(self, ann: Player, bob: Player) -> None:
        assert self.duel(ann, bob, rated=False).counted is False
        assert (reread(ann).mu, reread(ann).wins) == (25.0, 1)
        assert self.duel(ann, bob).counted is True  # unrated ones use up nothing

    def test_are_ranked_once_they_are_sure(self, ann: Player, bob: Player) -> None:
        Player.objects.update(sigma=5.05)
        self.duel(ann, bob)
        assert reread(ann).sigma <= 5
        assert reread(ann).ranked is True

    def test_the_mean_match_is_told_after_five_faces(self, ann: Player, bob: Player) -> None:
        for number in range(5):
            assert reread(ann).expressive is None, number
            self.duel(ann, bob)
        assert (reread(ann).expressive, reread(ann).faces) == (80.0, 5)


def test_each_players_duels_end_one_after_the_other_whatever_the_clocks_say(ann: Player, bob: Player) -> None:
    first = played(ann, 80, bob, 40)
    ahead = timezone.now() + timedelta(minutes=5)  # another machine's clock
    Duel.objects.filter(pk=first.pk).update(finished_at=ahead)
    Entry.objects.filter(duel=first).update(ended_at=ahead)
    second = room_duel(ann, bob)
    shows(ann, second, 50)
    shows(bob, second, 60)
    second.refresh_from_db()
    assert second.finished_at
    assert second.finished_at > ahead


def test_a_moderator_may_void_a_running_duel(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    shows(ann, duel, 80)
    assert play.void(duel.pk, "abuse") is True
    assert play.void(duel.pk, "abuse") is False
    assert reread(ann).duels == 0
    lobby.find_opponent(ann)  # free again
