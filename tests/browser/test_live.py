"""Spectators on the front page, while people play."""

import json
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.botapi import Person
from tests.browser.pages import Looked, picture, violations
from tests.duels.site import PATIENCE, Site
from tests.duels.steps import entries, face, open_room, result_of, see

pytestmark = pytest.mark.slow

WAIT = PATIENCE * 1000
TRIES = 3
# Promises the moment at which somebody else came first, or a row changed.
WATCH = """
(row) => {
  const seen = () => `${document.querySelector("tbody tr")?.dataset.player} ${document.querySelector(row)?.innerText}`;
  const before = seen();
  window.moved = new Promise((tell) => {
    const watch = () => (seen() === before ? requestAnimationFrame(watch) : tell(Date.now()));
    watch();
    setTimeout(() => tell(Infinity), 120000);
  });
}
"""


def wins(winner: Person, loser: Person) -> None:
    """In the duel both sit in: one shows a face, the other gives up."""
    winner.sends_photo(face(0))
    gives_up(loser)
    ended(winner, loser)


def gives_up(person: Person) -> None:
    person.types("/cancel")
    person.presses("I give up", on=person.sees("Give up?", within=PATIENCE))


def ended(*people: Person) -> None:
    for person in people:
        result_of(person)


def meet(one: Person, other: Person) -> None:
    """In a search: such a duel is everybody's business."""
    for person in (one, other):
        person.types("/duel")
    for person in (one, other):
        see(person, "prompt")


def sit_down(one: Person, other: Person) -> None:
    code = open_room(one, 2)
    other.types(f"/join {code}")
    for person in (one, other):
        see(person, "prompt")


def play_privately(winner: Person, loser: Person) -> None:
    sit_down(winner, loser)
    wins(winner, loser)


def row_of(page: Page, site: Site, person: Person) -> str:
    [[public_id]] = site.rows("select public_id from accounts_player where telegram_id = ?", person.id)
    return f'tr[data-player="{public_id}"]'


@pytest.fixture(scope="module")
def people(site: Site) -> list[Person]:
    """Ann has beaten Bob."""
    people = [site.player(name) for name in ("Ann", "Bob", "Cat")]
    play_privately(*people[:2])
    return people


def moves_after(page: Page, site: Site, winner: Person, loser: Person) -> float:
    """Seconds from the verdict to the winner's row."""
    expect(page.locator("[data-watching]")).to_have_text("1")
    page.evaluate(WATCH, row_of(page, site, winner))
    play_privately(winner, loser)
    moved = page.evaluate("window.moved") / 1000
    [[ended]] = site.rows("select finished_at from duels_duel order by id desc limit 1")
    return float(moved - datetime.fromisoformat(str(ended)).replace(tzinfo=UTC).timestamp())


def test_a_spectator_sees_a_row_move_within_a_second_of_a_verdict(
    page: Page, looked: Looked, site: Site, people: list[Person]
) -> None:
    ann, _, cat = people
    page.goto("/")
    expect(page.locator("tbody tr")).to_have_count(2)
    took = [moves_after(page, site, cat, ann)]
    expect(page.locator(f"{row_of(page, site, ann)} [data-field=place]")).to_have_text("2", timeout=WAIT)
    expect(page.locator(f"{row_of(page, site, cat)} [data-field=place]")).to_have_text("1")
    expect(page.locator(row_of(page, site, ann))).to_have_class("glow")
    assert looked.sockets == 1
    moved = page.locator(".live").inner_text()
    page.reload()
    expect(page.locator(".live")).to_have_text(moved, use_inner_text=True)
    while min(took) >= 1.0:  # the machine was busy with something else
        assert len(took) < TRIES, took
        took.append(moves_after(page, site, cat, ann))


def test_a_duel_is_followed_from_its_prompt_to_its_verdict(
    page: Page, looked: Looked, site: Site, people: list[Person]
) -> None:
    page.goto("/")
    expect(page.locator("[data-watching]")).to_have_text("1")
    meet(people[1], people[2])
    duel = page.locator(".duel").first
    expect(duel).to_contain_text("taking photos…", timeout=WAIT)
    people[1].sends_photo(face(1))
    expect(duel).to_contain_text("judging…", timeout=WAIT)
    gives_up(people[2])
    ended(*people[1:])
    [(_, _, match, _)] = entries(site, people[1])
    expect(duel.locator(".side.wins .match")).to_have_text(f"{match:.1f}")
    expect(duel.locator(".state")).to_be_empty()
    assert violations(page) == []
    picture(page, "front")


def test_a_push_that_got_lost_is_made_good(page: Page, looked: Looked, site: Site, people: list[Person]) -> None:
    def lose(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        server.on_message(lambda text: None if json.loads(text)["news"] else route.send(text))

    page.route_web_socket("**/ws/live/**", lose)
    page.goto("/")
    expect(page.locator("[data-watching]")).to_have_text("1")
    tally = page.locator(f"{row_of(page, site, people[1])} [data-field=tally]")
    before = tally.inner_text()
    play_privately(people[1], people[0])
    expect(tally).not_to_have_text(before, timeout=20_000)


def test_a_lost_connection_is_said_and_what_was_missed_is_seen(page: Page, site: Site, people: list[Person]) -> None:
    page.goto("/")
    expect(page.locator("[data-watching]")).to_have_text("1")
    tally = page.locator(f"{row_of(page, site, people[1])} [data-field=tally]")
    before = tally.inner_text()
    sit_down(people[1], people[2])
    gives_up(people[2])
    [[running]] = site.rows("select id from duels_duel order by id desc limit 1")
    site.kill("judge")
    people[1].sends_photo(face(2))
    site.wait_for(
        lambda: site.rows("select 1 from duels_entry where duel_id = ? and status = 'sent'", running),
        "the photo does not come in",
    )
    site.kill("web")
    status = page.get_by_role("status")
    expect(status).to_have_text("Connection lost. Trying again…")
    site.start("judge")
    site.wait_for(
        lambda: site.rows("select 1 from duels_duel where id = ? and status = 'finished'", running),
        "the duel does not end",
    )
    site.start("web")
    expect(status).to_have_text("Connected again", timeout=WAIT)
    expect(tally).not_to_have_text(before, timeout=WAIT)
    ended(*people[1:])


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_it_keeps_nobody_out_on_a_phone(page: Page, looked: Looked, people: list[Person], scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 360, "height": 740})
    for board in ("rating", "today", "language-ru"):
        page.goto(f"/?board={board}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert violations(page) == []
    page.goto("/")
    expect(page.locator("[data-watching]")).to_have_text("1")
    picture(page, f"front-phone-{scheme}")


def test_boards_are_reached_by_keyboard_alone(page: Page, looked: Looked, people: list[Person]) -> None:
    page.goto("/")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "This week":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Leaderboard: This week")).to_be_visible()
    expect(page.locator(".worth").first).to_have_text("Gained")


def test_nothing_moves_for_who_wants_none_of_it(page: Page, looked: Looked, people: list[Person]) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    expect(page.locator("[data-watching]")).to_have_text("1")
    play_privately(people[2], people[1])
    expect(page.locator("tr.glow").first).to_be_visible(timeout=WAIT)
    assert page.evaluate("document.getAnimations().length") == 0
