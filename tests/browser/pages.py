"""What every page keeps to, looked at in a real browser: nothing from elsewhere, nothing refused, nobody kept out."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images" / "pages"


class Looked:
    """Over a page's shoulder, from before it is opened."""

    def __init__(self, page: Page) -> None:
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        self.received = 0
        self.sockets = 0
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self.weigh)
        page.on("websocket", self.count)

    def weigh(self, response: Response) -> None:
        """As it came over the line, compressed."""
        self.received += int(response.headers.get("content-length", 0))

    def count(self, socket: object) -> None:
        self.sockets += 1

    def check(self, host: str) -> None:
        assert {found for found in self.hosts if found} <= {host}
        assert self.complaints == []


def violations(page: Page) -> list[str]:
    """What axe-core finds, each with the element it found it on."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def picture(page: Page, name: str) -> None:
    """Kept in docs/ where PICTURES=1 asks for new ones."""
    if os.environ.get("PICTURES") == "1":
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)
