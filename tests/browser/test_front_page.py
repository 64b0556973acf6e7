import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import Looked, violations

pytestmark = pytest.mark.slow


def test_the_front_page_is_light_and_keeps_nobody_out(page: Page, looked: Looked) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(page) == []
    assert looked.received <= 60_000


def test_it_is_read_in_russian_by_a_switch(page: Page, looked: Looked) -> None:
    page.goto("/")
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")


def test_it_fits_a_phone(page: Page, looked: Looked) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
