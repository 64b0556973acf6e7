"""From the bot's /web to one's own pages and out again; and the same inside Telegram."""

import json
import re
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.tests.proofs import init_data
from tests.botapi import Person
from tests.browser.pages import Looked, picture, violations
from tests.duels.site import PATIENCE, Site
from tests.duels.steps import face, result_of, sit_down

pytestmark = pytest.mark.slow

NIGHT = {"bg_color": "#17212b", "section_bg_color": "#1e2c3a", "text_color": "#f5f5f5", "link_color": "#6ab3f3"}
DAY = {"bg_color": "#ffffff", "section_bg_color": "#ffffff", "text_color": "#000000", "link_color": "#2481cc"}


@pytest.fixture(scope="module")
def ann(site: Site) -> Person:
    """Who has played."""
    ann, bob = sit_down(site, "Ann", "Bob")
    ann.sends_photo(face(0, "happiness"))
    bob.sends_photo(face(1, "anger"))
    result_of(ann)
    return ann


def link_for(person: Person) -> str:
    person.types("/web")
    return str(person.sees("on the web", within=PATIENCE).button("Watch on the web")["url"])


def telegram(person: Person, theme: dict[str, str]) -> str:
    """The address at which Telegram opens the Mini App."""
    proof, colours = quote(init_data(person.id), safe=""), quote(json.dumps(theme))
    return f"/web-app/#tgWebAppData={proof}&tgWebAppVersion=8.0&tgWebAppThemeParams={colours}"


def sees_all(page: Page) -> None:
    """At a phone's width, in light and dark."""
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    assert violations(page) == []


def test_from_the_bot_to_ones_own_page_and_out_for_good(site: Site, page: Page, looked: Looked) -> None:
    eve = site.player("Eve")
    page.goto(link_for(eve))
    sees_all(page)
    page.get_by_role("button", name="Sign in as").click()
    expect(page).to_have_url(re.compile("/me/$"))
    page.get_by_label("Name in the game").fill("Eve the Brave")
    page.get_by_label("Me in the tables").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_role("navigation").first).to_contain_text("Eve the Brave")
    sees_all(page)
    assert site.rows("select on_leaderboard_at from accounts_player where telegram_id = ?", eve.id) == [(None,)]
    page.get_by_role("link", name="Delete everything about me").click()
    sees_all(page)
    page.get_by_role("button", name="Yes, delete me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are gone from here")
    expect(page.get_by_role("navigation").first).to_contain_text("Sign in")
    eve.sees("we remember nothing", within=PATIENCE)
    assert site.rows("select 1 from accounts_player where telegram_id = ?", eve.id) == []


def test_ones_own_page(site: Site, ann: Person, page: Page, looked: Looked) -> None:
    page.goto(link_for(ann))
    page.get_by_role("button", name="Sign in as").click()
    expect(page.get_by_role("region", name="My duels").get_by_role("listitem")).to_have_count(1)
    picture(page, "me")
    sees_all(page)
    assert looked.received <= 60_000


def test_by_keyboard_alone(site: Site, ann: Person, page: Page, looked: Looked) -> None:
    page.goto(link_for(ann))
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("To the content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/me/(#main)?$"))
    page.get_by_label("Language").focus()
    page.keyboard.press("ArrowDown")
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("name", "notifications")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Сохранено.")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    rows = site.rows("select language, notifications_at from accounts_player where telegram_id = ?", ann.id)
    assert rows == [("ru", None)]
    page.get_by_role("button", name="Выйти на всех").click()
    page.goto("/me/")
    expect(page).to_have_url(re.compile("/signin/$"))
    sees_all(page)


def test_a_used_link_says_what_to_do(site: Site, page: Page) -> None:
    page.goto(f"/signin/{'x' * 43}/")
    expect(page.get_by_role("main")).to_contain_text("/web")
    sees_all(page)


def test_inside_telegram(site: Site, page: Page, looked: Looked) -> None:
    mia = site.player("Mia")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(telegram(mia, NIGHT))
    expect(page.get_by_label("Name in the game")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(245, 245, 245)"
    page.get_by_label("My face on results, for everybody").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(245, 245, 245)"
    sees_all(page)
    assert page.context.cookies() == []
    page.get_by_role("button", name="Delete everything about me").click()
    page.get_by_role("button", name="No, I stay").click()
    page.get_by_role("button", name="Delete everything about me").click()
    page.get_by_role("button", name="Yes, delete me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are gone from here")
    assert site.rows("select 1 from accounts_player where telegram_id = ?", mia.id) == []


def test_a_light_telegram_is_light_whatever_the_system_says(site: Site, ann: Person, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(telegram(ann, DAY))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert violations(page) == []
    picture(page, "webapp")


def test_outside_telegram_the_page_says_so(page: Page, looked: Looked) -> None:
    page.goto("/web-app/")
    expect(page.get_by_role("main")).to_contain_text("inside Telegram")
    sees_all(page)


def test_telegrams_window_may_hold_the_mini_app_and_no_other_page(site: Site, ann: Person, browser: Browser) -> None:
    """The site under an address of its own, as behind a proxy: a browser lets no public page frame this machine."""
    away = "https://duel.example.org"
    frames = [f'<iframe name="app" src="{away}{telegram(ann, NIGHT)}">', f'<iframe name="other" src="{away}/privacy/">']
    with browser.new_context() as context:
        page = context.new_page()
        page.route(
            "https://web.telegram.org/**",
            lambda route: route.fulfill(body="</iframe>".join(frames), content_type="text/html"),
        )
        page.route(f"{away}/**", lambda route: route.fulfill(response=route.fetch(url=here(site, route.request.url))))
        page.goto("https://web.telegram.org/k/")
        app = page.frame_locator('[name="app"]')
        app.locator('[name="face_for_public"]').check()
        app.get_by_role("button", name=re.compile("Save|Сохранить")).click()
        expect(app.get_by_role("status")).to_have_text(re.compile("Saved|Сохранено"))
        expect(page.frame_locator('[name="other"]').get_by_role("heading", level=1)).to_have_count(0)
        assert context.cookies() == []


def here(site: Site, url: str) -> str:
    return f"http://127.0.0.1:{site.port}{urlsplit(url).path}"


def test_privacy(page: Page, looked: Looked) -> None:
    page.goto("/privacy/")
    expect(page.get_by_role("heading", name="Your photos")).to_be_visible()
    sees_all(page)
    picture(page, "privacy")
