from collections.abc import Iterator

import pytest
from telebot import TeleBot, apihelper

from tests.botapi import BotApi, Person
from tests.botapi.client import Bot, Hook


@pytest.fixture(scope="package")
def server() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture
def api(server: BotApi) -> Iterator[BotApi]:
    yield server
    server.faults.clear()
    server.sends()
    server.do(server.delivery.delete_webhook, {"drop_pending_updates": True})
    server.do(server.delivery.pending.clear)
    server.do(setattr, server.delivery, "allowed", [])
    server.calls.clear()


@pytest.fixture
def bot(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> Bot:
    monkeypatch.setattr(apihelper, "API_URL", api.url + "/bot{0}/{1}")
    monkeypatch.setattr(apihelper, "FILE_URL", api.url + "/file/bot{0}/{1}")
    # telebot's own way to send, whichever test made a bot of ours before
    monkeypatch.setattr(apihelper, "CUSTOM_REQUEST_SENDER", None)
    return TeleBot(api.token, threaded=False)


@pytest.fixture
def ann(api: BotApi) -> Person:
    person = Person(api, "Ann")
    person.types("/start")
    return person


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()
