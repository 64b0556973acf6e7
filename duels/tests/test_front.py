"""The front page as the server makes it: whoever has no JavaScript sees all of it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts import services
from accounts.models import Player
from duels import boards, live, play
from duels.models import Duel
from duels.telegram import bot, link
from duels.tests.world import newcomer, played, random_duel, room_duel, shows
from duels.views.front import catch_up, front

Counted = Callable[[int], AbstractContextManager[object]]


def page(client: Client, address: str = "/", language: str = "en") -> str:
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def board_of(html: str) -> str:
    return html.partition("<template")[0].partition("<tbody")[2].partition("</tbody>")[0]


def listed_duel(ann: Player, bob: Player) -> Duel:
    duel = room_duel(ann, bob)
    Duel.objects.filter(pk=duel.pk).update(listed=True)
    return duel


def strip_of(html: str) -> str:
    return html.partition('class="strip"')[2].partition("</section>")[0]


def test_who_won_stands_first_and_how_it_went(client: Client, ann: Player, bob: Player) -> None:
    played(ann, 80, bob, 40)
    html = page(client)
    rows = board_of(html).split("<tr")[1:]
    assert ["Ann" in row for row in rows] == [True, False]
    for each in (f"/players/{ann.public_id}/", "1–0–0", "+1", '<span class="unseen">win</span>', "?</td>"):
        assert each in rows[0]
    assert "−1" in rows[1]
    strip = strip_of(html)
    assert strip.index("Ann") < strip.index("80.0") < strip.index("Bob") < strip.index("40.0")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_board_is_there_before_anybody_has_played(client: Client, db: None, language: str) -> None:
    for name in boards.names():
        assert 'aria-current="page"' in page(client, f"/?board={name}", language)


def test_every_board_holds_who_belongs_on_it(client: Client, ann: Player, bob: Player) -> None:
    for _ in range(5):
        duel = room_duel(ann, bob)
        shows(ann, duel, 80)
        shows(bob, duel, 40)
    for name in ("rating", "today", "week", "expressive", "emotion-happiness", "language-en"):
        assert "Ann" in board_of(page(client, f"/?board={name}")), name
    assert board_of(page(client, "/?board=emotion-anger")) == ""
    assert board_of(page(client, "/?board=language-ru")) == ""


@pytest.mark.parametrize(
    "board", ["nothing", "emotion-", "emotion-hunger", "language-de", "x" * 5000, "week-2026-11-16"]
)
def test_a_board_that_does_not_exist_is_not_found(client: Client, db: None, board: str) -> None:
    assert client.get("/", {"board": board}).status_code == 404
    assert client.get("/live/", {"board": board}).status_code == 404


@pytest.mark.parametrize("after", ["nobody", "", "'", "\0", "x" * 5000, "²"])
def test_pages_after_somebody_unknown_begin_at_the_top(client: Client, ann: Player, bob: Player, after: str) -> None:
    played(ann, 80, bob, 40)
    assert "Ann" in board_of(client.get("/", {"after": after}).content.decode())


def test_the_next_page_goes_on_where_the_first_ends(client: Client, prompt: object) -> None:
    for number in range(25):
        newcomer(f"P{number}.", mu=40 - number, wins=1)
    html = page(client)
    assert "P19." in board_of(html)
    address = unescape(html.partition('rel="next" href="')[2].partition('"')[0]).partition("#")[0]
    following = page(client, f"/{address}")
    assert ("P19." in board_of(following), "P20." in board_of(following)) == (False, True)
    assert 'data-first="21"' in following


def test_it_takes_the_same_few_queries_however_much_is_on_it(
    client: Client, ann: Player, bob: Player, cat: Player, django_assert_num_queries: Counted
) -> None:
    played(ann, 80, bob, 40)
    with django_assert_num_queries(7):
        page(client)
    listed_duel(ann, cat)
    for number in range(15):
        newcomer(f"P{number}", mu=20, wins=1)
    with django_assert_num_queries(7):
        page(client)


class TestTheStrip:
    def test_a_duel_that_runs_shows_no_matches(self, client: Client, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        assert "taking photos…" in strip_of(page(client))
        shows(ann, duel, 77)
        strip = strip_of(page(client))
        assert "judging…" in strip
        assert re.findall(r'data-field="match">([^<]*)<', strip) == ["—", "—"]
        assert "77.0" not in strip

    def test_holds_no_private_duel_and_none_that_was_void(
        self, client: Client, ann: Player, bob: Player, cat: Player
    ) -> None:
        duel = room_duel(ann, bob)
        assert duel.public_id not in page(client)
        shows(ann, duel, 80)
        shows(bob, duel, 40)
        assert duel.public_id not in page(client)
        duel = listed_duel(ann, bob)
        assert duel.public_id in page(client)
        play.void(duel.pk, "test")
        assert duel.public_id not in page(client)

    def test_leaves_a_duel_out_whole_once_one_of_its_players_is_hidden(
        self, client: Client, ann: Player, bob: Player
    ) -> None:
        duel = played(ann, 80, bob, 40)
        assert duel.public_id in page(client)
        services.change_setting(bob, services.Setting.ON_LEADERBOARD, False)
        html = page(client)
        assert (duel.public_id in html, "Bob" in html, "Ann" in html) == (False, False, True)

    def test_speaks_the_readers_language(self, client: Client, ann: Player, bob: Player) -> None:
        played(ann, 80, bob, 40)
        strip = strip_of(page(client, language="ru"))
        assert "Покажи joy" in strip
        assert "80,0" in strip

    def test_says_what_was_judged_where_there_is_no_prompt_any_more(
        self, client: Client, ann: Player, bob: Player
    ) -> None:
        Duel.objects.filter(pk=played(ann, 80, bob, 40).pk).update(prompt=None)
        assert ">joy</a>" in strip_of(page(client))


class TestCatchingUp:
    @pytest.fixture(autouse=True)
    def _in_memory(self, settings: Any) -> None:
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
        cache.clear()

    def test_gives_what_changes_and_its_number(self, client: Client, ann: Player, bob: Player) -> None:
        played(ann, 80, bob, 40)
        html = page(client, "/live/?board=today")
        assert f'data-number="{live.number()}"' in html
        assert "Ann" in board_of(html)
        assert "<html" not in html

    def test_costs_one_query_while_nothing_has_happened(
        self, client: Client, ann: Player, bob: Player, cat: Player, django_assert_num_queries: Counted
    ) -> None:
        played(ann, 80, bob, 40)
        first = page(client, "/live/")
        with django_assert_num_queries(1):
            assert page(client, "/live/") == first
        shows(ann, listed_duel(ann, bob), 80)
        assert page(client, "/live/") != first

    def test_is_kept_apart_by_language(self, client: Client, ann: Player) -> None:
        assert page(client, "/live/") != page(client, "/live/", "ru")


def test_names_are_shown_as_text(client: Client, ann: Player, bob: Player) -> None:
    played(ann, 80, bob, 40)
    Player.objects.filter(pk=ann.pk).update(name="<b>Ann</b>")
    assert b"<b>Ann" not in client.get("/").content


def test_the_bot_is_offered_once_its_name_is_known(client: Client, db: None, monkeypatch: Any, settings: Any) -> None:
    monkeypatch.setattr(link, "known", "")
    monkeypatch.setattr(link, "asked_at", -link.REST)
    settings.TELEGRAM_BOT_TOKEN = ""
    assert "t.me" not in page(client)
    settings.TELEGRAM_BOT_TOKEN = "1:token"
    monkeypatch.setattr(bot, "username", lambda: "emotion_duel_bot")
    link.ask()
    assert "https://t.me/emotion_duel_bot" in page(client)


def test_own_place_is_said_to_who_is_signed_in(rf: Any, ann: Player, bob: Player) -> None:
    played(ann, 80, bob, 40)
    request = rf.get("/")
    request.player = bob
    assert own_place(front(request)) == "2"
    request.player = newcomer("Eve")
    assert own_place(front(request)) == "hidden"
    request.player = None
    assert own_place(front(request)) == ""


def own_place(answer: HttpResponse) -> str:
    found = answer.content.decode().partition('<p class="card own"')[2].partition("</p>")[0]
    return "hidden" if " hidden>" in found else found.partition('<b class="figure">')[2].partition("</b>")[0]


def test_own_place_comes_with_what_has_changed_and_is_kept_for_nobody_else(
    rf: Any, ann: Player, bob: Player, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    played(ann, 80, bob, 40)
    request = rf.get("/live/")
    found = []
    for reader in (ann, bob, None):
        request.player = reader
        found.append(own_place(catch_up(request)))
    assert found == ["1", "2", ""]
