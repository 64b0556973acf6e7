from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import services
from accounts.models import Player
from accounts.refusals import Refusal as AccountRefusal
from accounts.refusals import Refused
from duels import lobby
from duels.models import Duel, Notice, Prompt, Seat
from duels.notices import Kind
from duels.refusals import Refusal
from duels.tests.world import has_waited, last_told, played, shows, told, where


def search(*players: Player) -> None:
    for player in players:
        lobby.find_opponent(player)
    lobby.pair_waiting()


def search_a_while(*players: Player) -> None:
    """Long enough for the ratings that a first duel has driven apart."""
    for player in players:
        lobby.find_opponent(player)
        has_waited(player, 30)
    lobby.pair_waiting()


def test_two_who_search_are_in_a_duel_at_once(ann: Player, bob: Player) -> None:
    search(ann, bob)
    duel = Duel.objects.get()
    assert (duel.origin, duel.status, duel.listed, duel.rated) == ("random", "dealt", True, True)
    assert {entry.player for entry in duel.entries.all()} == {ann, bob}
    assert told(ann) == told(bob) == [Kind.SEARCH_WAITING, Kind.PROMPT, Kind.SEARCH_OVER]


def test_who_searches_alone_hears_how_many_wait_and_how_near_they_must_be(ann: Player) -> None:
    search(ann)
    assert where(ann) == "searching"
    params = last_told(ann, Kind.SEARCH_WAITING).params
    assert (params["waiting"], params["waited"]) == (1, 0)
    assert params["reach"] >= 100


def test_a_search_is_told_of_again_after_twenty_seconds_in_the_same_message(ann: Player) -> None:
    search(ann)
    assert lobby.tell_waiting() == 0
    has_waited(ann, 25)
    assert lobby.tell_waiting() == 1
    assert lobby.tell_waiting() == 0
    first, second = Notice.objects.filter(player=ann)
    assert first.topic == second.topic != ""
    assert second.params["waited"] == 25


def test_after_a_minute_anybody_will_do_and_is_said_so(ann: Player) -> None:
    search(ann)
    has_waited(ann, 61)
    lobby.tell_waiting()
    assert last_told(ann, Kind.SEARCH_WAITING).params["reach"] is None


def test_nobody_searches_twice(ann: Player) -> None:
    search(ann)
    with pytest.raises(Refused) as refused:
        lobby.find_opponent(ann)
    assert (refused.value.reason, refused.value.params) == (Refusal.BUSY, {"state": "searching"})


def test_nobody_searches_while_in_a_duel(ann: Player, bob: Player) -> None:
    search(ann, bob)
    with pytest.raises(Refused) as refused:
        lobby.find_opponent(ann)
    assert refused.value.params == {"state": "duel"}


def test_without_consent_nobody_plays(ann: Player) -> None:
    services.withdraw_consent(ann)
    for enter in (lobby.find_opponent, lobby.open_room, lobby.practise):
        with pytest.raises(Refused) as refused:
            enter(ann)
        assert refused.value.reason == AccountRefusal.CONSENT_NEEDED


def test_the_suspended_hear_until_when_and_why(ann: Player) -> None:
    ann.suspended_until = timezone.now() + timedelta(hours=1)
    ann.suspension_reason = "screens"
    with pytest.raises(Refused) as refused:
        lobby.find_opponent(ann)
    assert refused.value.params == {"until": ann.suspended_until, "because": "screens"}


def test_blocked_pairs_never_meet(ann: Player, bob: Player, cat: Player) -> None:
    services.block(ann, bob)
    search(ann, bob)
    has_waited(ann, 300)
    has_waited(bob, 300)
    lobby.pair_waiting()
    assert not Duel.objects.exists()
    search(cat)
    assert not Duel.objects.exists()  # the longest waiting must say "ready" first
    assert where(cat) == "paired"


def test_not_the_same_opponent_again_while_a_third_waits(ann: Player, bob: Player, cat: Player) -> None:
    played(ann, 80, bob, 40)
    search_a_while(ann, bob, cat)
    entries = Duel.objects.latest("id").entries.select_related("player")
    assert {entry.player for entry in entries} in ({ann, cat}, {bob, cat})


def test_the_same_opponent_again_where_nobody_else_waits(ann: Player, bob: Player) -> None:
    played(ann, 80, bob, 40)
    search_a_while(ann, bob)
    assert Duel.objects.count() == 2


def test_a_practice_between_does_not_make_the_last_opponent_forgotten(ann: Player, bob: Player) -> None:
    played(ann, 80, bob, 40)
    shows(ann, lobby.practise(ann), 50)
    seat = lobby.find_opponent(ann)
    assert seat.last_opponents == [bob.pk]


class TestWhoWaitedLong:
    @pytest.fixture(autouse=True)
    def _ann_has_waited(self, ann: Player, bob: Player) -> None:
        search(ann)
        has_waited(ann, 90)
        search(bob)

    def test_is_asked_to_be_there_and_the_other_is_told(self, ann: Player, bob: Player) -> None:
        assert (where(ann), where(bob)) == ("paired", "paired")
        assert told(ann)[-1] == Kind.SEARCH_READY
        assert told(bob)[-1] == Kind.SEARCH_FOUND
        assert not Duel.objects.exists()

    def test_starts_the_duel_with_a_tap(self, ann: Player, bob: Player) -> None:
        lobby.confirm_ready(ann)
        assert told(ann)[-2:] == told(bob)[-2:] == [Kind.PROMPT, Kind.SEARCH_OVER]

    def test_may_tap_twice(self, ann: Player) -> None:
        lobby.confirm_ready(ann)
        with pytest.raises(Refused) as refused:
            lobby.confirm_ready(ann)
        assert refused.value.reason == Refusal.NOT_PAIRED
        assert Duel.objects.count() == 1

    def test_is_dropped_without_penalty_and_the_other_searches_on(self, ann: Player, bob: Player) -> None:
        assert lobby.drop_unready() == 0
        Seat.objects.update(ready_until=timezone.now() - timedelta(seconds=1))
        assert lobby.drop_unready() == 2
        assert lobby.drop_unready() == 0
        assert (where(ann), where(bob)) == ("", "searching")
        assert told(ann)[-1] == Kind.SEARCH_DROPPED
        assert told(bob)[-1] == Kind.SEARCH_RESUMED
        assert not Duel.objects.exists()

    def test_may_cancel_instead(self, ann: Player, bob: Player) -> None:
        lobby.leave(ann)
        assert (where(ann), where(bob)) == ("", "searching")
        assert told(ann)[-1] == Kind.SEARCH_CANCELLED


def test_a_search_ends_after_ten_minutes_with_a_word(ann: Player) -> None:
    search(ann)
    has_waited(ann, 599)
    assert lobby.end_searches() == 0
    has_waited(ann, 601)
    assert lobby.end_searches() == 1
    assert where(ann) == ""
    assert told(ann)[-1] == Kind.SEARCH_ENDED


def test_a_search_may_be_cancelled_at_any_time(ann: Player) -> None:
    search(ann)
    lobby.leave(ann)
    assert told(ann) == [Kind.SEARCH_WAITING, Kind.SEARCH_CANCELLED]
    with pytest.raises(Refused) as refused:
        lobby.leave(ann)
    assert refused.value.reason == Refusal.NOWHERE


def test_who_has_blocked_the_bot_searches_no_more(ann: Player, bob: Player) -> None:
    search(ann)
    lobby.unreachable(ann)
    ann.refresh_from_db()
    assert ann.unreachable_at
    search(bob)
    assert not Duel.objects.exists()


def test_the_opponent_of_who_has_blocked_the_bot_is_told(ann: Player, bob: Player) -> None:
    search(ann, bob)
    lobby.unreachable(ann)
    assert last_told(bob, Kind.OPPONENT_UNREACHABLE).params == {"who": ann.public_id}
    assert where(ann) == "duel"  # they may come back


def test_without_prompts_the_search_stands(ann: Player, bob: Player) -> None:
    Prompt.objects.update(active=False)
    lobby.find_opponent(ann)
    lobby.find_opponent(bob)
    with pytest.raises(Refused) as refused:
        lobby.pair_waiting()
    assert refused.value.reason == Refusal.NO_PROMPTS
    assert (where(ann), where(bob)) == ("searching", "searching")
