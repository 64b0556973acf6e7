import pytest

from duels.telegram import bot, inbox


@pytest.fixture(autouse=True)
def _telegram_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot, "username", lambda: "EmotionDuelBot")
    monkeypatch.setattr(inbox, "answer", lambda press: None)
