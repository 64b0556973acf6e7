from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Player
from duels import lobby, play, turns, wake
from duels.models import Duel, Turn, Update
from duels.notices import Kind
from duels.reconcile import NAME, expire, reconcile
from duels.tests.world import (
    expire_room,
    has_waited,
    last_told,
    long_ago,
    photo,
    random_duel,
    shows,
    time_is_up,
    told,
    where,
)


def away_for(seconds: float, name: str = NAME) -> None:
    before = timedelta(seconds=seconds)
    for turn in Turn.objects.filter(name=name):
        Turn.objects.filter(name=name).update(
            beat_at=turn.beat_at - before, held_until=turn.held_until - before, since=turn.since - before
        )


class TestATurn:
    pytestmark = pytest.mark.django_db

    def test_is_one_process_at_a_time(self) -> None:
        assert turns.take(NAME, "one")
        assert turns.take(NAME, "other") is None
        assert turns.take(NAME, "one")

    def test_passes_on_when_its_holder_dies_or_goes(self) -> None:
        turns.take(NAME, "one")
        away_for(7)
        assert turns.take(NAME, "other")
        turns.give(NAME, "other")
        assert turns.take(NAME, "third")

    def test_remembers_since_when_somebody_has_acted(self) -> None:
        first = turns.take(NAME, "one")
        away_for(10)
        assert first
        assert turns.take(NAME, "other") == first - timedelta(seconds=10)

    def test_begins_anew_when_nobody_did_for_long(self) -> None:
        turns.take(NAME, "one")
        away_for(60)
        since = turns.take(NAME, "one")
        assert since
        assert timezone.now() - since < timedelta(seconds=5)


class TestTheDoor:
    pytestmark = pytest.mark.django_db

    def test_that_never_was_keeps_nothing_waiting(self) -> None:
        assert turns.door_open_since()

    def test_is_open_while_somebody_beats(self) -> None:
        turns.beat(turns.DOOR)
        away_for(10, turns.DOOR)
        turns.beat(turns.DOOR)
        since = turns.door_open_since()
        assert since
        assert timezone.now() - since > timedelta(seconds=9)

    def test_is_shut_when_nobody_does_and_opens_anew(self) -> None:
        turns.beat(turns.DOOR)
        away_for(16, turns.DOOR)
        assert turns.door_open_since() is None
        turns.beat(turns.DOOR)
        since = turns.door_open_since()
        assert since
        assert timezone.now() - since < timedelta(seconds=5)

    def test_keeps_duels_while_it_is_shut_and_five_seconds_longer(self, ann: Player, bob: Player) -> None:
        turns.beat(turns.DOOR)
        away_for(100, turns.DOOR)
        time_is_up(random_duel(ann, bob), ago=90)
        assert expire(long_ago()) == 0
        turns.beat(turns.DOOR)
        assert expire(long_ago()) == 0
        away_for(6, turns.DOOR)
        assert expire(long_ago()) == 1

    def test_shut_for_a_day_is_no_fault(self) -> None:
        turns.beat(turns.DOOR)
        away_for(90_000, turns.DOOR)
        assert turns.door_open_since()


def rounds(count: int = 1) -> None:
    for _ in range(count):
        assert reconcile("one")


def test_everything_due_is_seen_to_in_one_round(ann: Player, bob: Player, cat: Player, dan: Player) -> None:
    rounds()
    away_for(12)
    duel = random_duel(ann, bob)
    shows(ann, duel, 50)
    time_is_up(duel)
    expire_room(lobby.open_room(cat, size=3))
    lobby.find_opponent(dan)
    has_waited(dan, 700)
    rounds()
    assert told(ann)[-1] == told(bob)[-1] == Kind.RESULT
    assert told(cat)[-1] == Kind.ROOM_EXPIRED
    assert told(dan)[-1] == Kind.SEARCH_ENDED


def test_after_an_absence_nothing_expires_at_once(ann: Player, bob: Player) -> None:
    time_is_up(random_duel(ann, bob), ago=600)
    rounds()
    assert Duel.objects.get().running
    away_for(6)
    rounds()
    assert not Duel.objects.get().running


def test_searchers_that_nobody_paired_are_paired(ann: Player, bob: Player) -> None:
    lobby.find_opponent(ann)
    lobby.find_opponent(bob)
    rounds()
    assert where(ann) == where(bob) == "duel"


@pytest.mark.django_db(transaction=True)
def test_what_is_woken_already_is_no_news(
    ann: Player, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As while a judge loads its model."""
    monkeypatch.setattr(wake, "enqueue", lambda *args, **more: False)
    caplog.set_level("INFO", "duels.reconcile")
    rounds()
    assert caplog.text == ""
    monkeypatch.setattr(wake, "enqueue", lambda *args, **more: True)
    rounds()
    assert "prompts woken: 1" in caplog.text


def test_one_failing_step_stops_no_other(
    ann: Player, bob: Player, cat: Player, caplog: pytest.LogCaptureFixture
) -> None:
    from duels.models import Prompt

    Prompt.objects.update(active=False)  # pairing fails
    lobby.find_opponent(ann)
    lobby.find_opponent(bob)
    expire_room(lobby.open_room(cat))
    rounds()
    assert "pairs failed" in caplog.text
    assert told(cat)[-1] == Kind.ROOM_EXPIRED


def test_a_photo_sent_before_the_crash_still_counts(ann: Player, bob: Player) -> None:
    """The duel spans a restart: nobody acted for ten minutes, and the update comes with the site's return."""
    rounds()
    duel = random_duel(ann, bob)
    time_is_up(duel, ago=600)
    away_for(620)
    rounds()
    Update.objects.create(update_id=1, sender=ann.telegram_id, payload={})
    away_for(6)
    rounds()
    assert Duel.objects.get().running
    play.submit_photo(ann, photo(sent_at=timezone.now() - timedelta(seconds=610)))
    Update.objects.update(status="done")
    rounds()
    assert Duel.objects.get().running  # the judge has it
    assert last_told(bob, Kind.OPPONENT_SENT)


def test_the_command_runs_one_round(ann: Player, bob: Player) -> None:
    lobby.find_opponent(ann)
    lobby.find_opponent(bob)
    call_command("reconcile", "--once")
    assert where(ann) == "duel"
