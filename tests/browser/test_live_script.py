"""The front page's script alone: what it does with what the server says, whatever that may be."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.template import engines
from django.utils.translation import override
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from accounts.models import Player
from duels import boards
from duels.templatetags.boards import OUTCOMES
from scoring import EMOTIONS
from tests.duels.site import ROOT

pytestmark = pytest.mark.slow

HOME = "http://live.test/"
PAGE = """{% load i18n %}<!doctype html><html lang="ru"><body>
<div class="pulse" data-lost="lost" data-back="back">
<span hidden><b data-watching></b></span><span data-connection></span></div>
<div id="live" data-fragment="/live/">{% include "parts/live.html" %}</div>
{% include "parts/own.html" %}{% include "parts/stencils.html" %}
<script type="module" src="/live.js"></script></body></html>"""
FRAGMENT = """{% include "parts/live.html" %}{% include "parts/own.html" %}"""


@dataclass
class Server:
    """As the page knows one: it gives pages, and sends news through the socket."""

    players: list[Player]
    duels: list[dict[str, Any]]
    number: int = 1
    own: int = 7
    fails: int = 0  # so many times it has nothing to give
    asked: int = 0
    sockets: list[WebSocketRoute] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(HOME)
        if path == "live.js":
            route.fulfill(path=ROOT / "static" / "js" / "live.js", content_type="text/javascript")
        elif path.startswith("live/"):
            self.asked += 1
            broken = self.asked <= self.fails
            route.fulfill(status=500 if broken else 200, body=self.made(FRAGMENT), content_type="text/html")
        else:
            route.fulfill(body=self.made(PAGE), content_type="text/html; charset=utf-8")

    def made(self, template: str) -> str:
        rows = [row(place, player) for place, player in enumerate(self.players, 1)]
        about = {"number": self.number, "page": boards.BoardPage("emotion-anger", "emotion-anger", rows, None)}
        about |= {
            "duels": [(duel, duel["prompt"]["ru"]) for duel in self.duels],
            "strip_size": 2,
            "size": 20,
            "day": "1",
        }
        about |= {"worth": "match", "reader": Player(public_id="reader"), "own": self.own}
        with override("ru"):
            return engines["django"].from_string(template).render(about | {"emotions": EMOTIONS, "marks": OUTCOMES})

    def welcome(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)

    def says(self, number: int, *news: dict[str, Any]) -> None:
        self.sockets[-1].send(json.dumps({"number": number, "watching": 1, "day": "1", "news": news}))


def row(place: int, player: Player) -> boards.Row:
    return boards.Row(place, player, "", None, boards.Key(True, player.expressive or 0.0, player.pk))


def player(number: int, match: float) -> Player:
    return Player(pk=number, public_id=f"{number:a>12}", name=f"Player {number}", expressive=match)


def told(someone: Player, match: float) -> dict[str, Any]:
    fixed = {"rating": "1500", "tally": [1, 0, 0], "streak": 1, "last": "w", "best": None}
    return {"id": someone.public_id, "name": someone.name, "boards": {"emotion-anger": [match, 1, match]}, **fixed}


def duel(begun: int) -> dict[str, Any]:
    sides = [{"id": "a", "name": "Ann", "match": 80.5, "wins": True}]
    return {
        "id": f"{begun:d>12}".replace("0", "z").replace("1", "y"),
        "state": "finished",
        "begun": begun,
        "prompt": {"ru": f"Задание {begun}"},
        "players": sides,
    }


@pytest.fixture
def server() -> Server:
    return Server([player(2, 90.0), player(3, 50.0)], [duel(30), duel(20)])


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", server.answer)
    page.route_web_socket("**/ws/live/**", server.welcome)
    page.goto(HOME)
    wait_for(page, lambda: bool(server.sockets))
    yield page
    context.close()


def wait_for(page: Page, look: Callable[[], bool]) -> None:
    for _ in range(600):
        if look():
            return
        page.wait_for_timeout(100)
    raise AssertionError("waited in vain")


def names(page: Page) -> list[str]:
    return page.locator("tbody [data-field=name]").all_inner_texts()


def test_a_row_moves_without_asking_anew_and_speaks_the_pages_language(page: Page, server: Server) -> None:
    server.says(2, {"numbers": [2], "duels": [], "rows": [told(server.players[1], 95.5)]})
    expect(page.locator("tbody tr").first).to_contain_text("95,5")
    assert names(page) == ["Player 3", "Player 2"]
    page.wait_for_timeout(2500)
    assert server.asked == 0


def test_equals_are_put_in_order_by_the_server(page: Page, server: Server) -> None:
    server.says(2, {"numbers": [2], "duels": [], "rows": [told(server.players[1], 90.0)]})
    server.players.reverse()
    server.number = 2
    wait_for(page, lambda: names(page) == ["Player 3", "Player 2"])
    assert server.asked == 1


def test_a_number_that_nobody_tells_of_makes_it_ask_until_it_is_answered(page: Page, server: Server) -> None:
    server.players, server.number, server.own, server.fails = server.players[:1], 2, 3, 1
    server.says(2)
    wait_for(page, lambda: server.asked == 1)
    server.says(2)
    wait_for(page, lambda: names(page) == ["Player 2"])
    expect(page.locator(".own .figure")).to_have_text("3")


def test_what_changed_without_a_number_is_asked_for_until_it_is_answered(page: Page, server: Server) -> None:
    server.fails = 1
    server.says(2, {"numbers": [2], "duels": [], "rows": [told(server.players[1], 90.0)]})
    wait_for(page, lambda: server.asked == 1)
    server.number = 2
    server.says(2)
    wait_for(page, lambda: server.asked == 2)


def test_a_duel_that_had_left_the_strip_does_not_come_back_with_its_end(page: Page, server: Server) -> None:
    server.says(2, {"numbers": [2], "duels": [duel(10)], "rows": []})
    server.says(3, {"numbers": [3], "duels": [duel(25)], "rows": []})
    expect(page.locator(".duel")).to_have_count(2)
    expect(page.locator(".duel .prompt").last).to_have_text("Задание 25")
    expect(page.locator(".duel .prompt").first).to_have_text("Задание 30")
    expect(page.locator(".duel .match").first).to_have_text("80,5")
