"""From the first press to the verdict, with the judge that ships; the camera shows a film of drawn faces."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser.conftest import CHROMIUM, OPTIONS
from tests.browser.film import film
from tests.browser.pages import Looked, picture, violations
from tests.duels.site import Site
from tests.faces import draw_face, photo_bytes

pytestmark = pytest.mark.slow
PATIENCE = 60_000
WALL = photo_bytes(Image.new("RGB", (640, 480), "beige"))
ANGRY = photo_bytes(draw_face(3, "anger"))


@pytest.fixture(scope="module")
def browser(drivers: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Its camera shows a happy face."""
    shown = film(tmp_path_factory.mktemp("film") / "happy.y4m", [draw_face(0, "happiness")], seconds=1)
    browser = drivers.chromium.launch(
        executable_path=CHROMIUM, args=[*OPTIONS, f"--use-file-for-fake-video-capture={shown}"]
    )
    yield browser
    browser.close()


def begins(page: Page, players: int = 2, wording: str = "a happy face with a broad smile") -> None:
    page.goto("/arena/")
    page.get_by_role("radio", name="Just me" if players == 1 else str(players)).check()
    page.get_by_text("Or write your own").click()
    page.get_by_label("In English").fill(wording)
    page.get_by_role("button", name="Let's go").click()


def names(page: Page) -> list[str]:
    return page.locator(".seat .who").all_inner_texts()


def uploads(page: Page, photo: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": photo})
    page.get_by_role("button", name="That's it!").click()


def takes_picture(page: Page) -> None:
    page.get_by_role("button", name="camera on").click()
    page.get_by_role("button", name="3, 2, 1").click()
    page.get_by_role("button", name="That's it!").click()


def verdict(page: Page) -> str:
    expect(page.locator(".verdict")).to_be_visible(timeout=PATIENCE)
    return page.locator(".verdict").inner_text()


def test_from_the_camera_to_the_verdict(page: Page, looked: Looked, site: Site) -> None:
    begins(page)
    first, second = names(page)
    expect(page.get_by_role("heading", name=f"{first}, your face!")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="camera on").click()
    expect(page.locator("video")).to_be_visible()
    page.get_by_role("button", name="3, 2, 1").click()
    expect(page.get_by_role("button", name="Once more")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Once more").click()
    page.get_by_role("button", name="3, 2, 1").click()
    page.get_by_role("button", name="That's it!").click()
    expect(page.get_by_role("heading", name=f"{second}, your face!")).to_be_visible(timeout=PATIENCE)
    uploads(page, ANGRY)
    assert verdict(page) == f"{first} wins!"
    assert "joy" in page.locator(".place").first.inner_text()
    page.wait_for_timeout(4000)  # until all has come to rest
    assert page.locator(".picture img").evaluate("image => image.naturalWidth") == 1080
    assert violations(page) == []
    picture(page, "arena-result")
    assert site.rows("select count(*) from duels_arenaentry where photo is not null") == [(0,)]


def test_no_picture_can_be_read_from_the_sites_files(page: Page, site: Site) -> None:
    begins(page)
    uploads(page, ANGRY)
    expect(page.locator(".seat.judged")).to_have_count(1, timeout=PATIENCE)
    [[sealed]] = site.rows("select photo from duels_arenaentry where status = 'judged' and photo is not null limit 1")
    files = [file.read_bytes() for file in site.folder.rglob("*") if file.is_file() and "static" not in file.parts]
    assert any(sealed[:60] in each for each in files), "the photo lies there, sealed"
    assert not any(b"\xff\xd8\xff\xe0\x00\x10JFIF" in each for each in files)


def test_a_whole_duel_in_three_clicks_without_a_camera(page: Page, looked: Looked) -> None:
    page.goto("/")
    page.get_by_role("link", name="Arena").click()
    assert violations(page) == []
    picture(page, "arena")
    page.locator(".pick").first.click()
    assert "wins!" in verdict(page)
    page.get_by_role("link", name="Another pair").click()
    expect(page.locator(".pick")).to_have_count(2)


def test_alone_one_plays_a_drawn_face_and_again(page: Page, looked: Looked) -> None:
    begins(page, players=1)
    me, _ = names(page)
    takes_picture(page)
    verdict(page)
    page.get_by_role("button", name="Play again").click()
    expect(page.get_by_role("heading", name=f"{me}, your face!")).to_be_visible()


def test_who_showed_no_face_is_told_and_shows_another(page: Page) -> None:
    begins(page)
    first, _ = names(page)
    uploads(page, WALL)
    expect(page.get_by_role("alert")).to_contain_text("found no face", timeout=PATIENCE)
    expect(page.get_by_role("heading", name=f"{first}, your face!")).to_be_visible()
    takes_picture(page)
    expect(page.locator(".seat.judged")).to_have_count(1, timeout=PATIENCE)


def test_what_is_no_picture_is_told(page: Page) -> None:
    begins(page)
    uploads(page, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    expect(page.get_by_role("alert")).to_contain_text("HEIC", timeout=PATIENCE)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})", "over https or on localhost"),
        (
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))",
            "refused",
        ),
        (
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))",
            "No camera is to be found",
        ),
        (
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))",
            "Another program holds the camera",
        ),
    ],
    ids=["no https", "refused", "none", "taken"],
)
def test_without_a_camera_the_page_says_what_to_do(page: Page, script: str, told: str) -> None:
    page.add_init_script(script)
    begins(page)
    button = page.get_by_role("button", name="camera on")
    if button.is_visible():
        button.click()
    expect(page.get_by_role("alert")).to_contain_text(told)
    uploads(page, ANGRY)
    expect(page.locator(".seat.judged")).to_have_count(1, timeout=PATIENCE)


def test_a_lost_connection_loses_no_picture(page: Page, context: BrowserContext) -> None:
    begins(page)
    page.locator("input[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": ANGRY})
    context.set_offline(True)
    page.get_by_role("button", name="That's it!").click()
    expect(page.get_by_role("alert")).to_contain_text("did not get through")
    context.set_offline(False)
    page.get_by_role("button", name="That's it!").click()
    expect(page.locator(".seat.judged")).to_have_count(1, timeout=PATIENCE)


def reach(page: Page, name: str) -> None:
    """By the tabulator alone."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if re.search(name, page.evaluate("document.activeElement.textContent + (document.activeElement.value || '')")):
            return
    raise AssertionError(f"{name} cannot be reached")


def test_with_the_keyboard_alone(page: Page, looked: Looked) -> None:
    page.goto("/arena/")
    reach(page, "^1$")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="2")).to_be_checked()
    reach(page, "Let's go")
    page.keyboard.press("Enter")
    for _ in range(2):
        expect(page.get_by_role("button", name="camera on")).to_be_visible(timeout=PATIENCE)
        reach(page, "camera on")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="3, 2, 1")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="That's it!")).to_be_focused()
        page.keyboard.press("Enter")
    verdict(page)
    expect(page.locator(".verdict")).to_be_focused()


def test_on_a_phone_and_in_the_light(site: Site, browser: Browser) -> None:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{site.port}",
        locale="ru-RU",
        color_scheme="light",
        viewport={"width": 360, "height": 740},
    )
    page = context.new_page()
    page.goto("/arena/")
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= 360
    assert violations(page) == []
    page.locator(".pick").first.click()
    assert "обеждает" in verdict(page)
    assert page.evaluate(wide) <= 360
    page.wait_for_timeout(4000)
    assert violations(page) == []
    context.close()


def test_without_javascript_pictures_are_uploaded(site: Site, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(base_url=f"http://127.0.0.1:{site.port}", locale="en-US", java_script_enabled=False)
    page = context.new_page()
    begins(page)
    for photo in (ANGRY, photo_bytes(draw_face(0, "happiness"))):
        page.locator("input[type=file]").set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": photo})
        page.get_by_role("button", name="Send").click()
    assert "wins!" in verdict(page)
    context.close()
