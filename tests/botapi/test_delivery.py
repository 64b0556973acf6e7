"""How updates reach the bot, and what goes wrong when a test wants it to."""

import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from telebot.apihelper import ApiTelegramException

from tests.botapi import BotApi, Person
from tests.botapi.client import Bot, Hook, ask, heard

# The way to the bot.


def test_the_webhook_gets_updates_with_the_secret(api: BotApi, bot: Bot, hook: Hook) -> None:
    bot.set_webhook(hook.url, secret_token="secret-1", allowed_updates=["message"])
    assert bot.get_webhook_info().url == hook.url
    eve = Person(api, "Eve")
    number = eve.types("/start")
    api.wait_delivered()
    assert [(body["update_id"], secret) for body, secret in hook.got] == [(number, "secret-1")]
    assert hook.got[0][0]["message"]["text"] == "/start"
    eve.blocks_bot()
    bot.set_webhook(hook.url)
    assert bot.get_webhook_info().allowed_updates == ["message"]
    assert api.pending == 0
    with pytest.raises(ApiTelegramException, match="409"):
        heard(bot)


def test_what_is_not_taken_comes_again_under_the_same_id(api: BotApi, bot: Bot, hook: Hook, ann: Person) -> None:
    hook.statuses = [500, 403, 302]
    bot.set_webhook(hook.url, drop_pending_updates=True)
    number = ann.types("hello")
    api.wait_delivered()
    assert hook.ids == [number] * 4
    assert [each.status for each in api.deliveries[-4:]] == [500, 403, 302, 200]
    assert "302" in bot.get_webhook_info().last_error_message


def test_updates_can_come_twice_and_out_of_order(api: BotApi, bot: Bot, hook: Hook, ann: Person) -> None:
    bot.set_webhook(hook.url, drop_pending_updates=True, max_connections=1)
    api.hold()
    api.sends(order="reversed", copies=2)
    numbers = [ann.types(str(number)) for number in range(3)]
    api.release()
    api.wait_delivered()
    assert hook.ids == [number for number in reversed(numbers) for _ in range(2)]


def test_updates_come_in_parallel(api: BotApi, bot: Bot, hook: Hook, ann: Person) -> None:
    bot.set_webhook(hook.url, drop_pending_updates=True)
    hook.slow = 1.0
    began = time.monotonic()
    for number in range(10):
        ann.types(str(number))
    api.wait_delivered()
    assert time.monotonic() - began < 8, "one after the other takes ten seconds"


def test_polling_confirms_by_offset(bot: Bot, ann: Person) -> None:
    first, second = ann.types("1"), ann.types("2")
    assert [update.update_id for update in heard(bot, first)] == [first, second]
    assert [update.update_id for update in heard(bot, second)] == [second]
    began = time.monotonic()
    assert heard(bot, (second or 0) + 1, seconds=1) == []
    assert 0.9 < time.monotonic() - began < 9


# What goes wrong when a test wants it to.


def test_faults_meet_the_calls_that_they_are_for(api: BotApi, bot: Bot, ann: Person) -> None:
    fault = api.fail("sendMessage", chat=ann.id, code=429, retry_after=3)
    bot.send_chat_action(ann.id, "typing")
    with pytest.raises(ApiTelegramException) as caught:
        bot.send_message(ann.id, "a")
    assert caught.value.result_json["parameters"] == {"retry_after": 3}
    bot.send_message(ann.id, "b")
    assert [shown.text for shown in ann.messages] == ["b"]
    assert (len(fault.met), api.refusals) == (1, [])


@pytest.mark.parametrize("code", [400, 403, 500])
def test_faults_have_telegrams_codes(api: BotApi, ann: Person, code: int) -> None:
    api.fail(code=code)
    assert ask(api, "getMe")["error_code"] == code
    assert ask(api, "getMe")["ok"]


def test_a_group_moves_away(api: BotApi) -> None:
    api.fail(code=400, migrate_to=-100500)
    assert ask(api, "getMe")["parameters"] == {"migrate_to_chat_id": -100500}


def test_an_answer_may_be_slow_garbled_or_lost(api: BotApi, bot: Bot, ann: Person) -> None:
    api.fail("getMe", slow=0.3)
    began = time.monotonic()
    assert bot.get_me().username == api.username
    assert time.monotonic() - began > 0.29  # an event loop may wake a hair early
    api.fail("getMe", code=502, garbled=True)
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{api.url}/bot{api.token}/getMe")  # noqa: S310
    assert caught.value.read().startswith(b"<html>")
    for done in (False, True):
        api.fail("sendMessage", silent=True, done=done)
        with pytest.raises(OSError, match=r"(?i)remote|reset|closed"):
            bot.send_message(ann.id, f"done: {done}")
    assert [shown.text for shown in ann.messages] == ["done: True"]
    assert api.called("sendMessage", ann.id)[-1].status is None
