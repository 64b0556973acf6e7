import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from duels.models import Update
from duels.telegram import door
from duels.telegram.tests.letters import message

pytestmark = pytest.mark.django_db
SECRET = "the-secret"


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET


def post(client: Client, body: Any, secret: str | None = SECRET) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    return client.post("/telegram/webhook/", data, content_type="application/json", headers=headers).status_code


def an_update(number: int = 1, **body: Any) -> dict[str, Any]:
    return {"update_id": number, "message": message(text="/start", **body)}


def test_an_update_is_stored_with_its_sender(client: Client) -> None:
    assert post(client, an_update(7)) == 200
    update = Update.objects.get()
    assert (update.update_id, update.sender, update.status) == (7, 4001, "waiting")


def test_the_same_update_twice_is_one(client: Client) -> None:
    assert [post(client, an_update(7)), post(client, an_update(7))] == [200, 200]
    assert Update.objects.count() == 1


@pytest.mark.parametrize("secret", [None, "", "the-secre", "the-secret ", "секрет"])
def test_strangers_are_turned_away(client: Client, secret: str | None) -> None:
    assert post(client, an_update(), secret) == 403
    assert not Update.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"message": {}}',
        b'{"update_id": "1"}',
        b'{"update_id": true}',
        b"\xff",
        b"[" * 100_000,
        b'{"update_id": 99999999999999999999}',
        b'{"update_id": 1, "x": NaN}',
    ],
)
def test_broken_json_is_not_stored(client: Client, body: bytes) -> None:
    assert post(client, body) == 400
    assert not Update.objects.exists()


def test_an_update_of_a_kind_unknown_is_taken_all_the_same(client: Client) -> None:
    assert post(client, {"update_id": 3, "something_new": {"from": "nobody"}}) == 200


def test_what_no_database_keeps_is_cleaned(client: Client) -> None:
    assert post(client, b'{"update_id": 3, "message": {"text": "a\\u0000b\\ud800c", "huge": 1e999}}') == 200
    assert Update.objects.get().payload["message"] == {"text": "ab�c", "huge": None}


def test_a_flood_is_not_read(client: Client) -> None:
    assert post(client, {"update_id": 3, "x": "y" * 1_000_001}) == 413


def test_while_the_database_is_away_telegram_is_to_come_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(found: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(door, "store", away)
    assert post(client, an_update()) == 503


def test_only_post_is_served(client: Client) -> None:
    assert client.get("/telegram/webhook/").status_code == 405


@pytest.mark.parametrize(
    ("token", "base", "server", "expected"),
    [
        ("", "https://duel.example.org", door.TELEGRAM, False),
        ("1:x", "", door.TELEGRAM, False),
        ("1:x", "http://duel.example.org", door.TELEGRAM, False),
        ("1:x", "https://localhost", door.TELEGRAM, False),
        ("1:x", "https://duel.example.org", door.TELEGRAM, True),
        ("1:x", "http://127.0.0.1:8000", "http://127.0.0.1:8081", True),
    ],
)
def test_who_can_be_called_is_and_who_cannot_polls(
    settings: Any, token: str, base: str, server: str, expected: bool
) -> None:
    settings.TELEGRAM_BOT_TOKEN, settings.BASE_URL, settings.TELEGRAM_API_URL = token, base, server
    assert door.by_webhook() is expected
