"""What a person who goes leaves in chats, against a Bot API server on loopback."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Player
from duels import erasure, notices
from duels.models import Notice
from duels.notices import Kind
from duels.telegram import bot, outbox
from duels.telegram.answers import Answer
from duels.tests.world import played, random_duel, shows
from tests.botapi import BotApi, Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot, "READ_SECONDS", 5)


def deliver(*players: Player) -> None:
    for player in players:
        while outbox.send_notices(player.pk):
            pass


def texts(person: Person) -> str:
    return "\n".join(shown.text for shown in person.messages)


def test_who_goes_leaves_neither_name_nor_face_in_the_opponents_chat(
    ann: Player, bob: Player, hers: Person, his: Person, api: BotApi
) -> None:
    played(ann, 80, bob, 40)
    notices.answer(bob, Answer.HELP)
    deliver(ann, bob)
    assert "Ann" in texts(his)
    erasure.forget(ann)
    deliver(bob, ann)
    assert "Ann" not in texts(his)
    assert not any(shown.photo for shown in his.messages)
    assert "How to play" in texts(his), "what tells of nobody stays"
    assert [shown.text[:6] for shown in hers.messages] == ["👋 Done"]
    assert api.refusals == []
    assert not Notice.objects.filter(player=ann).exclude(message_id=None, chat_id=None).exists()


def test_a_result_on_its_way_is_deleted_when_it_has_arrived(
    ann: Player, bob: Player, hers: Person, his: Person
) -> None:
    played(ann, 80, bob, 40)
    erasure.forget(ann)
    deliver(bob)
    assert "Ann" not in texts(his)
    assert list(Notice.objects.filter(player=bob, status="waiting")) == []


def test_the_result_that_comes_of_going_stays(ann: Player, bob: Player, hers: Person, his: Person) -> None:
    duel = random_duel(ann, bob)
    shows(bob, duel, 50)
    deliver(bob)
    erasure.forget(ann)
    deliver(bob)
    assert "Victory" in texts(his)
    assert "Ann" not in texts(his)


def test_the_task_of_a_duel_that_goes_on_stays(ann: Player, bob: Player, hers: Person, his: Person) -> None:
    duel = random_duel(ann, bob)
    deliver(bob)
    erasure.forget(ann)
    deliver(bob)
    assert "Show joy" in texts(his)
    shows(bob, duel, 50)
    deliver(bob)
    assert "Ann" not in his.last.text


def test_what_telegram_deletes_no_more_is_left_alone(ann: Player, bob: Player, hers: Person, his: Person) -> None:
    played(ann, 80, bob, 40)
    deliver(ann, bob)
    before = len(his.messages)
    Notice.objects.update(sent_at=timezone.now() - timedelta(hours=49))
    erasure.forget(ann)
    deliver(bob)
    assert len(his.messages) == before


@pytest.mark.parametrize("code", [400, 500])
def test_a_refusal_of_telegrams_does_not_save_the_rest(
    ann: Player, bob: Player, hers: Person, his: Person, api: BotApi, code: int
) -> None:
    played(ann, 80, bob, 40)
    deliver(ann, bob)
    erasure.forget(ann)
    api.fail("deleteMessages", code=code)
    deliver(bob)
    Notice.objects.update(lease_until=None)
    deliver(bob)
    assert "Ann" not in texts(his)


def test_many_messages_go_a_hundred_at_a_time(
    ann: Player, bob: Player, hers: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {"player": ann, "kind": Kind.ANSWER, "status": "sent", "sent_at": timezone.now()}
    Notice.objects.bulk_create(Notice(message_id=9000 + number, **sent) for number in range(250))
    called: list[int] = []
    count: Callable[[int, list[int]], None] = lambda chat, messages: called.append(len(messages))  # noqa: E731
    monkeypatch.setattr(bot, "delete_many", count)
    erasure.forget(ann)
    deliver(ann)
    assert called == [100, 100, 50]
