"""A web process that is asked to stop, as at every deploy."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.duels.site import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def web(port: int) -> Iterator["subprocess.Popen[str]"]:
    words = ["-m", "daphne", "--verbosity", "0", "--bind", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, *words, "tests.slow_app:application"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()


def page(port: int) -> bytes:
    """Once it is there."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
                return bytes(answer.read())
        except URLError:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_who_has_asked_is_answered_and_nobody_else_let_in(web: "subprocess.Popen[str]", port: int) -> None:
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(page, port)
        assert web.stdout
        assert web.stdout.readline() == "begun\n"
        web.terminate()
        assert asked.result() == b"done"
    assert web.wait(PATIENCE) == 0
    with pytest.raises(URLError, match="refused"):
        urlopen(f"http://127.0.0.1:{port}/", timeout=5)
