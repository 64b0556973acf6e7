import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User

from accounts import services
from accounts.models import Player
from duels import lobby, play, queries, reconcile, training, wake
from duels.erasure import forget
from duels.models import Entry, Notice, Update
from duels.notices import Kind
from duels.replay import replay
from duels.tests.world import entry_of, last_told, newcomer, photo, played, random_duel, shows, told, where


def test_the_gone_leave_an_anonymous_mark(ann: Player, bob: Player) -> None:
    duel = played(ann, 80, bob, 40)
    forget(ann)
    ann.refresh_from_db()
    assert (ann.telegram_id, ann.name, ann.on_leaderboard_at) == (None, "", None)
    entry = entry_of(ann, duel)
    assert (entry.outcome, entry.match) == ("win", 80)
    assert (entry.file_id, entry.file_unique_id, entry.shares) == ("", "", None)
    assert queries.player_of(ann.public_id) is None
    [seen] = queries.history(bob).items
    assert str(seen.duel.entries.exclude(player=bob).get().player) == ann.public_id
    assert replay(write=False).players == []


def test_their_letters_go_too(ann: Player, bob: Player) -> None:
    number = ann.telegram_id
    Update.objects.create(update_id=7, sender=number, payload={"message": {"from": {"first_name": "Anna"}}})
    Update.objects.create(update_id=8, sender=bob.telegram_id, payload={"message": "his"})
    played(ann, 80, bob, 40)
    forget(ann)
    update = Update.objects.get(update_id=7)  # its number stays: it is not to be handled anew
    assert (update.payload, update.sender) == ({}, None)
    assert Update.objects.get(update_id=8).payload == {"message": "his"}
    goodbye = last_told(ann, Kind.FORGOTTEN)
    assert (goodbye.chat_id, goodbye.params) == (number, {"language": "en"})
    tidying = last_told(ann, Kind.REMOVAL)
    assert list(Notice.objects.filter(player=ann, status="waiting").order_by("id")) == [tidying, goodbye]


def test_nothing_of_the_person_is_left_in_any_table(ann: Player, bob: Player) -> None:
    number, name = str(ann.telegram_id), "Annabella"
    services.rename(ann, name)
    duel = played(ann, 80, bob, 40)
    LogEntry.objects.log_actions(User.objects.create(username="mod").pk, Player.objects.filter(pk=ann.pk), CHANGE)
    training.give(ann, duel, "I agree")
    letter = {"message": {"from": {"id": ann.telegram_id}, "text": name}}
    Update.objects.create(update_id=7, sender=ann.telegram_id, payload=letter)
    forget(ann)
    Notice.objects.filter(player=ann).delete()  # the goodbye goes when it has been said
    left = "\n".join(
        str(model._default_manager.values_list(*(field.name for field in model._meta.concrete_fields))[:])
        for model in apps.get_models()
        if model._meta.managed
    )
    assert (name in left, number in left, "I agree" in left) == (False, False, False)


def test_jobs_in_redis_carry_row_numbers_alone(ann: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs: list[tuple[object, ...]] = []
    monkeypatch.setattr(wake, "wake", lambda *job, **more: bool(jobs.append(job)))  # type: ignore[func-returns-value]
    Update.objects.create(update_id=7, sender=ann.telegram_id, payload={"text": "secret"})
    reconcile.wake_inbox()
    reconcile.wake_outbox()
    forget(ann)
    assert jobs
    assert not any(str(ann.telegram_id) in str(job) or "secret" in str(job) for job in jobs)


def test_an_opponent_is_not_left_waiting(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    play.submit_photo(ann, photo())
    forget(ann)
    assert told(bob)[-2:] == [Kind.OPPONENT_LEFT, Kind.REMOVAL]
    assert Entry.objects.get(duel=duel, player=ann).status == "left"
    shows(bob, duel, 50)
    assert entry_of(bob, duel).outcome == "win"


def test_a_score_that_is_there_stands(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    shows(ann, duel, 80)
    forget(ann)
    shows(bob, duel, 50)
    assert (entry_of(bob, duel).outcome, entry_of(ann, duel).outcome) == ("loss", "win")


def test_searches_rooms_and_practices_are_left(ann: Player, bob: Player, cat: Player) -> None:
    lobby.find_opponent(ann)
    lobby.practise(ann)
    lobby.join_room(cat, lobby.open_room(bob, size=3).code)
    for player in (ann, bob):
        forget(player)
        assert not player.seats.exists()
    assert told(cat)[-1] == Kind.ROOM_CLOSED
    assert where(cat) == ""


def test_whoever_comes_again_begins_anew(ann: Player) -> None:
    forget(ann)
    assert newcomer("Ann") != ann
