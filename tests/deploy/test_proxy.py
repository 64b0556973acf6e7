"""The proxy's own program with the file that compose.yaml gives it, before a Daphne that says what it was asked."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import aiohttp
import pytest
from django.test import RequestFactory

from emotionduel.limits import address
from scoring.photos import MAX_BYTES
from tests.deploy.files import ROOT
from tests.duels.site import free_port

pytestmark = pytest.mark.slow
CADDY = Path(sys.executable).parent / "caddy"
FILE = ROOT / "deploy" / "proxy" / "Caddyfile"
PATIENCE = 120.0  # seconds: machines are busy


class Both:
    """The proxy, and one web process behind it."""

    def __init__(self, folder: Path) -> None:
        self.port, self.behind = free_port(), free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = os.environ | {
            "BASE_URL": self.url,
            "WEB_HOST": "localhost",
            "WEB_PORT": str(self.behind),
            "HEALTH_PORT": str(free_port()),
            "HOME": str(folder),
        }
        command = [str(CADDY), "run", "--adapter", "caddyfile", "--config", str(FILE)]
        with (folder / "log").open("wb") as log:
            self.proxy = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.start()

    def start(self) -> None:
        words = ["-m", "daphne", "--verbosity", "0", "--bind", "127.0.0.1", "--port", str(self.behind)]
        self.web = subprocess.Popen([sys.executable, *words, "tests.deploy.echo:application"], cwd=ROOT)

    def stop(self) -> None:
        for process in (self.proxy, self.web):
            process.kill()
            process.wait()

    def ask(self, path: str = "/", body: bytes | None = None, **headers: str) -> dict[str, Any]:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        with urlopen(Request(self.url + path, body, names), timeout=PATIENCE) as answer:  # noqa: S310 (ours)
            found: dict[str, Any] = json.load(answer)
        return found

    def wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.ask()
                return
            except URLError:
                assert time.monotonic() < end, "neither answers"
                time.sleep(0.1)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    found = Both(tmp_path_factory.mktemp("proxy"))
    try:
        found.wait()
        yield found
    finally:
        found.stop()


def test_who_makes_up_where_they_come_from_is_not_believed(both: Both) -> None:
    headers = both.ask(X_Forwarded_For="6.6.6.6, 7.7.7.7", X_Forwarded_Proto="https")["headers"]
    assert headers["x-forwarded-proto"] == "http"
    assert headers["host"] == f"localhost:{both.port}"
    request = RequestFactory().get("/", headers={"x-forwarded-for": headers["x-forwarded-for"]})
    assert address(request) in {"127.0.0.1", "::"}, "loopback, of IPv6 its /64"


def test_the_largest_photo_passes_and_a_larger_one_does_not(both: Both) -> None:
    assert both.ask("/arena/x/photo/", bytes(MAX_BYTES))["size"] == MAX_BYTES
    with pytest.raises((HTTPError, URLError)) as refused:
        both.ask("/arena/x/photo/", bytes(MAX_BYTES + 2_000_000))
    assert getattr(refused.value, "code", 413) == 413, "or the connection was closed before all was sent"


@pytest.mark.parametrize("path", ["/metrics", "/metrics/"])
def test_what_is_for_those_within_is_not_shown(both: Both, path: str) -> None:
    with pytest.raises(HTTPError, match="404"):
        both.ask(path)
    assert both.ask("/healthz")["path"] == "/healthz"


def test_sockets_stay_open(both: Both) -> None:
    async def say() -> bytes:
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{both.url}/ws/mirror/") as line:
            await line.send_bytes(b"a frame")
            return await line.receive_bytes(timeout=PATIENCE)

    assert asyncio.run(say()) == b"a frame"


def test_the_proxy_itself_is_asked_at_a_door_of_its_own(both: Both) -> None:
    with urlopen(f"http://127.0.0.1:{both.environment['HEALTH_PORT']}/", timeout=PATIENCE) as answer:
        assert answer.status == 200


def test_while_a_web_process_is_replaced_who_asks_waits_a_moment(both: Both) -> None:
    """Last: it comes back another one."""
    both.web.kill()
    both.web.wait()
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(both.ask, "/telegram/webhook/", b"{}")
        both.start()
        try:
            assert asked.result()["size"] == 2
        except HTTPError as error:  # on a machine so busy that ten seconds are over before Daphne runs
            assert error.code in {502, 503}  # noqa: PT017
            both.wait()
