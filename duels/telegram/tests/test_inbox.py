from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Player
from duels.models import Update
from duels.telegram import dispatch, door, inbox
from duels.telegram.tests.letters import answers, message

pytestmark = pytest.mark.django_db


def arrives(number: int, text: str, sender: int = 1) -> None:
    door.store({"update_id": number, "message": message(sender, text=text)})


def test_each_update_is_handled_once() -> None:
    arrives(5, "/start")
    assert inbox.handle_updates() == 1
    arrives(5, "/start")
    assert inbox.handle_updates() == 0
    assert answers(1) == ["welcome"]


def test_a_senders_updates_go_by_their_numbers_however_they_come() -> None:
    for number, text in ((9, "/about"), (7, "/start"), (8, "/help")):
        arrives(number, text)
    inbox.handle_updates()
    assert answers(1) == ["welcome", "help", "about"]


def test_while_ones_update_is_held_their_later_ones_wait_and_others_go_on() -> None:
    arrives(1, "/start")
    arrives(2, "/help")
    arrives(3, "/start", sender=2)
    Update.objects.filter(update_id=1).claim(1, "waiting")
    assert inbox.handle_updates() == 1
    assert [update.update_id for update in Update.objects.filter(status="done")] == [3]


def test_a_lower_one_that_comes_late_goes_first() -> None:
    arrives(8, "/help")
    [held] = inbox.due().claim(1, "waiting")
    arrives(7, "/start")
    inbox.handle(held)
    assert answers(1) == []
    inbox.handle_updates()
    assert answers(1) == ["welcome", "help"]


def test_whose_lease_ran_out_changes_nothing() -> None:
    arrives(8, "/start")
    [held] = inbox.due().claim(1, "waiting")
    Update.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    inbox.handle_updates()
    inbox.handle(held)
    assert answers(1) == ["welcome"]


def test_what_fails_is_tried_again_and_at_last_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(payload: Any) -> None:
        Player.objects.create(telegram_id=1)
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(dispatch, "dispatch", broken)
    arrives(1, "/start")
    for _ in range(inbox.TRIES):
        assert Update.objects.get().status == "waiting"
        Update.objects.update(lease_until=None)
        inbox.handle_updates()
    update = Update.objects.get()
    assert (update.status, update.error, update.tries) == ("failed", "ZeroDivisionError: a bug", inbox.TRIES)
    assert not Player.objects.exists()


def test_a_press_is_answered_after_the_commit(api: Any) -> None:
    query = {"id": "77", "from": {"id": 1, "is_bot": False}, "data": "menu"}
    door.store({"update_id": 1, "callback_query": query})
    api.fail("answerCallbackQuery", code=400, description="Bad Request: query is too old")
    inbox.handle_updates()
    assert Update.objects.get().status == "done"
    [call] = api.called("answerCallbackQuery")
    assert call.params["callback_query_id"] == "77"
