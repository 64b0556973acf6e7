"""Names and prompts as somebody writes them who wants to break what shows them: messages, cards, pages, API, admin."""

import json
import os
import unicodedata
from html import escape
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import names, services, signin
from accounts.models import Player
from accounts.refusals import Refused
from duels import arena, public
from duels.cards.players import player_card
from duels.models import Duel, Notice, Prompt
from duels.telegram import bot, dispatch, door
from duels.telegram.messages import render
from duels.telegram.pictures import public_card
from duels.telegram.tests.letters import message
from duels.tests.world import a_prompt, newcomer, public_duel
from tests.botapi.limits import check_markup, text_of
from tests.fuzz.words import HOSTILE

pytestmark = pytest.mark.django_db
KEPT = [door.clean(word) for word in HOSTILE]  # as the inbox keeps them
SOME = KEPT if os.environ.get("FUZZ") else KEPT[::3]  # where each takes a second
LETTERS = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(KEPT)


def read_all() -> int:
    """Telegram would take every message that waits."""
    notices = Notice.objects.filter(status=Notice.Status.WAITING).select_related("player", "duel__prompt")
    for notice in notices:
        shown = render(notice)
        assert shown is not None
        text, entities = text_of({"text": shown.text, "parse_mode": "HTML"})
        size = len(text.encode("utf-16-le")) // 2
        assert all(0 <= each["offset"] <= each["offset"] + each["length"] <= size for each in entities)
        assert "<script" not in shown.text
        if markup := bot.markup(shown.rows):
            written: Any = markup  # telebot has no types
            check_markup(json.loads(written.to_json()), private=True)
    return notices.update(status=Notice.Status.SENT)


@pytest.mark.parametrize("word", KEPT, ids=range(len(KEPT)))
def test_whatever_is_typed_is_answered(word: str) -> None:
    player = newcomer("Ann")
    for text in (word, f"/name {word}", f"/{word}", f"/join {word}", f"/room {word}", f"/start {word}"):
        dispatch.dispatch({"message": message(player.telegram_id or 0, text=text[:4096])})
    assert read_all() >= 6


@given(LETTERS)
@settings(max_examples=300)
def test_a_name_that_may_be_taken_is_short_and_all_of_it_can_be_seen(name: str) -> None:
    try:
        taken = names.checked(name)
    except Refused:
        return
    assert names.SHORTEST <= len(taken) <= names.LONGEST
    assert not {unicodedata.category(sign)[0] for sign in taken} & {"C", "M"}
    assert names.checked(taken) == taken
    assert names.key(taken)
    assert len(names.key(taken)) <= 64


@given(name=LETTERS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_new_name_is_kept_or_refused_and_told_either_way(name: str) -> None:
    player = newcomer("Ann")
    before = player.name
    dispatch.dispatch({"message": message(player.telegram_id or 0, text=f"/name {name}"[:4096])})
    assert read_all()
    player.refresh_from_db()
    assert player.name == before or player.name == names.checked(name)
    Player.objects.filter(pk=player.pk).update(name_key=None)


@pytest.mark.parametrize("word", SOME, ids=range(len(SOME)))
def test_names_and_prompts_from_before_there_were_rules_break_nothing(
    word: str, client: Client, admin_client: Client
) -> None:
    name, task = word[:24], word[:120]
    prompt = a_prompt("odd", en=task, ru=task, judged=task)
    ann, bob = newcomer(name=name), newcomer("Bob", language="ru")
    duel = public_duel(ann, 80, bob, 40)
    assert duel.prompt == prompt
    assert read_all()
    look_at_pages(client, ann, duel, name, task)
    look_at_pictures(ann, duel)
    look_at_admin(admin_client, ann, prompt, word)


def look_at_pages(client: Client, ann: Player, duel: Duel, name: str, task: str) -> None:
    client.post(f"/signin/{signin.make_link(ann)}/")
    for path in ("/", "/live/", f"/players/{ann.public_id}/", f"/duels/{duel.public_id}/", "/me/", "/mirror/"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.content.decode()
        assert "<b>bold" not in page.content.decode()
    assert escape(task) in client.get(f"/duels/{duel.public_id}/").content.decode()
    for path in (f"players/{ann.public_id}/", f"duels/{duel.public_id}/", "leaderboard/", "prompts/", "live/"):
        assert client.get(f"/api/v1/{path}").status_code == 200, path
    assert client.get(f"/api/v1/players/{ann.public_id}/").json()["name"] == name


def look_at_pictures(ann: Player, duel: Duel) -> None:
    ann.refresh_from_db()
    found = public.duel_of(duel.public_id)
    assert found is not None
    drawn, _ = public_card(public.shown(found))
    for picture in (drawn, player_card(ann, 1)):
        assert picture.startswith(b"\xff\xd8\xff")


def look_at_admin(client: Client, ann: Player, prompt: Prompt, word: str) -> None:
    for path in (f"accounts/player/{ann.pk}/change/", f"duels/prompt/{prompt.pk}/change/"):
        page = client.get(f"/admin/{path}")
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
    for path in ("accounts/player/", "duels/prompt/", "duels/duel/", "duels/notice/", "duels/room/", "accounts/block/"):
        assert client.get(f"/admin/{path}", {"q": word}).status_code == 200


@pytest.mark.parametrize("word", KEPT, ids=range(len(KEPT)))
def test_the_admin_takes_no_prompt_with_what_cannot_be_seen(word: str, admin_client: Client) -> None:
    fields: dict[str, Any] = {"slug": "odd", "emotions": "[]", "difficulty": 1, "kind": "one", "active": "on"}
    answer = admin_client.post("/admin/duels/prompt/add/", fields | dict.fromkeys(("ru", "en", "judged"), word[:120]))
    assert answer.status_code in {200, 302}
    for prompt in Prompt.objects.all():
        assert not {unicodedata.category(sign) for sign in prompt.en} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("word", KEPT, ids=range(len(KEPT)))
def test_the_arena_takes_or_refuses_what_is_typed(word: str, client: Client) -> None:
    a_prompt()
    fields = {"name": [word, "Bob"], "wording": word, "own": "1", "prompt": ""}
    answer = client.post("/arena/", fields)
    assert answer.status_code in {200, 302, 422}
    assert "<script>alert" not in answer.content.decode()
    assert client.post("/arena/redraw/", fields | {"what": word}).status_code == 200


@given(typed=LETTERS)
@settings(max_examples=200)
def test_a_prompt_of_the_arenas_can_be_read_by_the_judge(typed: str) -> None:
    try:
        wording = arena.words.wording(typed)
    except Refused:
        return
    assert arena.words.SHORTEST <= len(wording) <= arena.words.LONGEST
    assert not any(unicodedata.category(sign).startswith("C") for sign in wording)


def test_a_name_from_right_to_left_turns_nothing_beside_it() -> None:
    a_prompt()
    ann = services.rename(newcomer("Ann"), "אבגד")
    bob = newcomer("Bob")
    public_duel(ann, 80, bob, 40)
    texts = [render(notice) for notice in Notice.objects.filter(player=bob)]
    named = [shown.text for shown in texts if shown and "אבגד" in shown.text]
    assert named
    assert all("\u2068אבגד\u2069" in text for text in named)
