import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.botapi import BotApi
from tests.browser.pages import Looked
from tests.duels.site import Site, WithPages

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# As root, and in containers with little shared memory, too.
MEDIA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
OPTIONS = ["--no-sandbox", "--disable-dev-shm-usage", *MEDIA]


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    with BotApi() as api, WithPages(api, DUEL_SECONDS="60") as site:
        yield site


@pytest.fixture(scope="package")
def drivers() -> Iterator[Playwright]:
    """One for all browsers: a second one would not start beside it."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    with sync_playwright() as drivers:
        yield drivers


@pytest.fixture(scope="package")
def browser(drivers: Playwright) -> Iterator[Browser]:
    browser = drivers.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
    yield browser
    browser.close()


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=f"http://127.0.0.1:{site.port}", locale="en-US", color_scheme="dark")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def looked(page: Page, site: Site) -> Iterator[Looked]:
    """Whatever the test does on the page, the page keeps to itself and nothing is refused."""
    looked = Looked(page)
    yield looked
    looked.check(f"127.0.0.1:{site.port}")
