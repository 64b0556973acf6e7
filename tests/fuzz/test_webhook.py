"""Whatever comes through the webhook with the right secret: never an error, and nothing of it stays in the inbox.

`make fuzz` sends 20,000 updates, `make test` some hundreds.
"""

import json
import os
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import services
from duels.models import Entry, Notice, Update
from duels.telegram import bot, inbox
from duels.telegram.messages import render
from duels.telegram.webhook import SECRET
from duels.tests.world import a_prompt
from tests.botapi.limits import check_markup, text_of
from tests.fuzz.updates import KINDS, PEOPLE, Updates, written

UPDATES = int(os.environ.get("FUZZ", "300"))
FIRST = int(os.environ.get("FUZZ_FROM", "0"))  # a seed: what one run has found, another can look at
AT_ONCE = 100  # then the inbox is emptied
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def _a_world(db: None) -> None:
    """Some play already, so that presses and photos find something."""
    a_prompt()
    for number in list(PEOPLE)[:6]:
        services.consent(services.enter(number)[0])


def post(client: Client, body: bytes) -> int:
    from django.conf import settings as site

    headers = {SECRET: site.TELEGRAM_WEBHOOK_SECRET}
    return client.post("/telegram/webhook/", body, content_type="application/json", headers=headers).status_code


def empty_inbox() -> None:
    while inbox.handle_updates():
        pass


def check_inbox() -> None:
    stuck = Update.objects.exclude(status=Update.Status.DONE)
    assert not stuck.exists(), list(stuck.values("payload", "error", "status")[:3])


def read_all() -> int:
    """Every message that came of it is one that Telegram takes."""
    notices = Notice.objects.filter(status=Notice.Status.WAITING).select_related("player", "duel__prompt")
    for notice in notices:
        if message := render(notice):
            text_of({"text": message.text, "parse_mode": "HTML"})
            if markup := bot.markup(message.rows):
                written: Any = markup  # telebot has no types
                check_markup(json.loads(written.to_json()), private=notice.chat_id is None)
    return notices.update(status=Notice.Status.SENT)


@pytest.mark.usefixtures("_a_world")
def test_updates_of_every_type_and_broken_ones_are_taken_in_and_done_with(client: Client) -> None:
    client.raise_request_exception = False
    seen, answers, told = Counter[str](), Counter[int](), 0
    for seed in range(FIRST, FIRST + UPDATES):
        update = Updates(seed).update(seed + 1)
        seen.update(kind for kind in KINDS if kind in update)
        answers[status := post(client, written(update))] += 1
        assert status == 200, update
        if seed % AT_ONCE == AT_ONCE - 1:
            empty_inbox()
            check_inbox()
            told += read_all()
    empty_inbox()
    check_inbox()
    dropped = Update.objects.exclude(error="").count()
    duels = Entry.objects.values("duel").distinct().count()
    print(f"{UPDATES} updates: {dict(answers)}, {dropped} dropped, {told} messages, {duels} duels")  # noqa: T201
    assert Update.objects.count() == UPDATES
    assert 0 < dropped < UPDATES
    assert told
    assert set(KINDS) == set(seen)


@pytest.mark.django_db
@settings(max_examples=max(60, UPDATES // 20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON, number=st.integers() | st.none())
def test_any_json_is_stored_or_refused(client: Client, body: Any, number: int | None) -> None:
    client.raise_request_exception = False
    update = {**body, "update_id": number} if isinstance(body, dict) else body
    assert post(client, written(update)) in {200, 400}
    empty_inbox()
    check_inbox()


@pytest.mark.django_db
@settings(max_examples=max(60, UPDATES // 20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
def test_any_bytes_are_stored_or_refused(client: Client, body: bytes) -> None:
    client.raise_request_exception = False
    assert post(client, body) in {200, 400}


@pytest.mark.django_db
@pytest.mark.parametrize("deep", [50, 150, 450, 700, 990, 5000])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_however_deep_it_is_nested(client: Client, deep: int, opens: str, closes: str) -> None:
    client.raise_request_exception = False
    body = '{"update_id": 1, "message": ' + opens * deep + "1" + closes * deep + "}"
    assert post(client, body.encode()) in {200, 400}
    empty_inbox()
    check_inbox()
