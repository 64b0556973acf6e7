"""The pages of players and duels, and the API's, of a duel that two persons have played."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.botapi import Person
from tests.browser.pages import Looked, picture, violations
from tests.duels import steps
from tests.duels.site import Site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def played(site: Site) -> tuple[str, str]:
    """The addresses of the winner's page and the duel's, their latest, which everybody may see."""
    people = [site.player("Ann"), site.player("Bob")]
    for person in people:
        person.types("/duel")
    for person in people:
        steps.see(person, "prompt")
    play(people, "happiness", "anger")
    steps.play_again(people)
    play(people, "surprise", "fear")
    [[duel, winner]] = site.rows("""
        select duel.public_id, player.public_id from duels_duel duel join duels_entry entry on duel.id = entry.duel_id
        join accounts_player player on player.id = player_id where place = 1 and listed order by entry.id desc limit 1
    """)
    return f"/players/{winner}/", f"/duels/{duel}/"


def play(people: list[Person], *emotions: str) -> None:
    for number, person in enumerate(people):
        person.sends_photo(steps.face(number, emotions[number]))
    for person in people:
        steps.result_of(person)


def addresses(played: tuple[str, str]) -> dict[str, str]:
    return {"player": played[0], "duel": played[1], "api": "/api/docs/"}


@pytest.mark.parametrize("name", ["player", "duel", "api"])
def test_keeps_nobody_out(page: Page, looked: Looked, played: tuple[str, str], name: str) -> None:
    page.goto(addresses(played)[name])
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(page) == []
    assert looked.received <= 60_000
    picture(page, name)


@pytest.mark.parametrize("name", ["player", "duel", "api"])
def test_fits_a_phone_in_the_light(browser: Browser, site: Site, played: tuple[str, str], name: str) -> None:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{site.port}", color_scheme="light", viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto(addresses(played)[name])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []
    context.close()


def test_leads_from_a_player_to_the_duel_and_back_by_keyboard(
    page: Page, looked: Looked, played: tuple[str, str]
) -> None:
    page.goto(played[0])
    link = page.locator("#history a.task").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/players')[0]}{played[1]}")
    winner = page.locator(".part.wins h2 a")
    winner.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/players/"))
    expect(page.get_by_role("img", name="Rating over time")).to_be_visible()


def test_a_duel_shows_what_the_judge_saw(page: Page, looked: Looked, played: tuple[str, str]) -> None:
    page.goto(played[1])
    expect(page.get_by_role("heading", name="What the judge saw")).to_have_count(2)
    expect(page.get_by_role("img", name="The mood and the energy")).to_be_visible()
    expect(page.get_by_text("of 100")).to_have_count(2)


def test_previews_show_the_result(page: Page, site: Site, played: tuple[str, str]) -> None:
    page.goto(played[1])
    address = page.locator('meta[property="og:image"]').get_attribute("content")
    assert address == f"http://127.0.0.1:{site.port}{played[1]}card.jpg?language=en"
    answer = page.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")


def test_the_api_is_tried_in_place(page: Page, looked: Looked, played: tuple[str, str]) -> None:
    page.goto("/api/docs/")
    door = page.locator("#player")
    door.get_by_role("textbox").fill(played[0].split("/")[2])
    door.get_by_role("button").press("Enter")
    expect(door.locator("pre")).to_contain_text('"best_streak"')
    door = page.locator("#prompts")
    door.get_by_role("button").click()
    expect(door.locator("pre")).to_contain_text('"judged"')
