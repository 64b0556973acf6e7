"""The mirror, with a camera that shows drawn faces."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser.conftest import CHROMIUM, OPTIONS
from tests.browser.film import film
from tests.browser.pages import Looked, picture, violations
from tests.duels.site import Site
from tests.faces import draw_face

pytestmark = pytest.mark.slow

PATIENCE = 120_000.0  # milliseconds: machines are busy


@pytest.fixture(scope="module")
def browser(drivers: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Its camera shows a happy face."""
    shown = film(tmp_path_factory.mktemp("film") / "happy.mjpeg", [draw_face(0, "happiness")], seconds=1)
    options = [*OPTIONS, f"--use-file-for-fake-video-capture={shown}"]
    browser = drivers.chromium.launch(executable_path=CHROMIUM, args=options)
    yield browser
    browser.close()


def start(page: Page) -> None:
    page.goto("/mirror/")
    page.get_by_role("button", name="Start the camera").click()
    expect(page.locator(".first dt")).to_have_text("joy", timeout=PATIENCE)


def test_it_names_the_drawn_emotion_and_says_how_fast(page: Page, looked: Looked) -> None:
    start(page)
    expect(page.locator(".rate")).to_have_text(re.compile(r"^[\d.]+ frames a second$"))
    expect(page.locator(".match")).to_have_text(re.compile(r"^\d+\.\d$"))
    expect(page.locator(".summary")).to_contain_text("Mostly joy")
    assert looked.sockets == 1
    assert looked.received <= 60_000
    assert violations(page) == []
    page.get_by_label("Or your own, in English").fill("a broad smile")
    expect(page.locator(".match")).to_have_text(re.compile(r"^\d+\.\d$"), timeout=PATIENCE)
    picture(page, "mirror")


def test_an_own_prompt_moves_the_gauge_and_other_letters_are_told_of(page: Page, looked: Looked) -> None:
    start(page)
    own = page.get_by_label("Or your own, in English")
    own.fill("a broad smile")
    expect(page.locator(".match")).to_have_text(re.compile(r"^\d+\.\d$"), timeout=PATIENCE)
    smile = float(page.locator(".match").inner_text())
    own.fill("bitter tears")
    expect(page.locator(".match")).not_to_have_text(f"{smile:.1f}")
    expect(page.locator(".match")).to_have_text(re.compile(r"^\d+\.\d$"), timeout=PATIENCE)
    assert float(page.locator(".match").inner_text()) < smile
    own.fill("горькие слёзы")
    expect(page.get_by_text("The judge reads English alone")).to_be_visible()
    expect(own).to_have_attribute("aria-invalid", "true")


def test_the_keyboard_alone_starts_and_stops_it(page: Page, looked: Looked) -> None:
    page.goto("/mirror/")
    page.get_by_role("button", name="Start the camera").focus()
    page.keyboard.press("Enter")
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_focused()
    expect(page.locator(".first dt")).to_have_text("joy", timeout=PATIENCE)
    page.keyboard.press("Space")
    expect(page.get_by_text("The camera is off.")).to_be_visible()
    expect(page.locator(".first")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(page.get_by_label("A prompt of the game")).to_be_focused()


def test_a_second_visitor_is_told_their_place(page: Page, browser: Browser, site: Site) -> None:
    start(page)
    other = browser.new_context(base_url=f"http://127.0.0.1:{site.port}", locale="ru-RU")
    second = other.new_page()
    second.goto("/mirror/")
    second.get_by_role("button", name="Включить камеру").click()
    expect(second.get_by_text("Твоё место в очереди: 1.")).to_be_visible(timeout=PATIENCE)
    page.close()
    expect(second.locator(".first dt")).to_have_text("радость", timeout=PATIENCE)
    other.close()


def test_a_second_tab_takes_it_over(page: Page, context: BrowserContext) -> None:
    start(page)
    second = context.new_page()
    start(second)
    expect(page.get_by_text("The mirror is open in another tab.")).to_be_visible()


REFUSALS = {
    "NotAllowedError": "The camera was refused.",
    "NotFoundError": "No camera was found",
    "NotReadableError": "Another program is using the camera.",
}


@pytest.mark.parametrize("name", REFUSALS)
def test_why_there_is_no_picture_is_said(page: Page, looked: Looked, name: str) -> None:
    refuse = f"() => Promise.reject(new DOMException('', '{name}'))"
    page.add_init_script(f"navigator.mediaDevices.getUserMedia = {refuse}")
    page.goto("/mirror/")
    page.get_by_role("button", name="Start the camera").click()
    expect(page.locator(".state")).to_contain_text(REFUSALS[name])


def test_without_https_it_is_said(page: Page, looked: Looked) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    page.goto("/mirror/")
    page.get_by_role("button", name="Start the camera").click()
    expect(page.locator(".state")).to_contain_text("only over https")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_it_fits_a_phone_and_keeps_nobody_out(page: Page, looked: Looked, scheme: str) -> None:
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    page.set_viewport_size({"width": 360, "height": 740})
    start(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []


def test_a_mirror_that_comes_back_is_found_again(page: Page, site: Site) -> None:
    start(page)
    site.kill("mirror")
    expect(page.get_by_text("The judge's mirror is still starting")).to_be_visible()
    site.start("mirror")
    expect(page.locator(".first dt")).to_have_text("joy", timeout=2 * PATIENCE)
