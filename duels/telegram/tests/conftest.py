from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Player
from duels.telegram import bot
from duels.telegram.tests.letters import a_phone
from duels.tests.conftest import ann, bob, cat, dan, prompt
from tests.botapi import BotApi, Person

__all__ = ["ann", "bob", "cat", "dan", "prompt"]


@pytest.fixture(autouse=True)
def _the_bots_name(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Known without asking Telegram."""
    monkeypatch.setattr(bot, "username", lambda: "emotion_duel_test_bot")
    settings.BASE_URL = ""


@pytest.fixture(scope="session")
def telegram() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture
def api(telegram: BotApi, settings: Any) -> Iterator[BotApi]:
    settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = telegram.url, telegram.token
    yield telegram
    telegram.faults.clear()
    telegram.calls.clear()


@pytest.fixture
def hers(api: BotApi, ann: Player) -> Person:
    """Ann's phone."""
    return a_phone(api, ann)


@pytest.fixture
def his(api: BotApi, bob: Player) -> Person:
    """Bob's."""
    return a_phone(api, bob)
