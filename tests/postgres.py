"""A PostgreSQL of the tests' own, in a folder that goes with it.

`python -m tests.postgres COMMAND...` runs the command with one as its DATABASE_URL.
"""

import getpass
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

CONNECTIONS = 100
MISSING = "PostgreSQL's server is not installed: initdb is neither on PATH nor in /usr/lib/postgresql"


def binaries() -> Path | None:
    """Where initdb and pg_ctl lie: on PATH, or where Debian puts them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


class Server:
    """It keeps its folder and its port, however often it is stopped and started. `durable`: a commit reaches the disk,
    as where it counts.
    """

    def __init__(self, durable: bool = False) -> None:
        self.durable = durable
        home = binaries()
        assert home, "look at binaries() first"
        self.home = home
        self.folder = Path(tempfile.mkdtemp(prefix="emotionduel-postgres-"))
        self.who = _unprivileged(self.folder)
        self.port = _free_port()
        _run(self.who, home / "initdb", "-D", self.data, "-U", "duel", "--auth=trust", "--encoding=UTF8")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        """DATABASE_URL. The database's name is `duels`."""
        return f"postgres://duel@127.0.0.1:{self.port}/duels"

    def start(self) -> None:
        fsync = "on" if self.durable else "off"
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync={fsync} -c max_connections={CONNECTIONS}"
        self.control("-l", self.folder / "log", "-o", options, "start")

    def runs(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is a crash: the next start recovers what was committed. `fast` ends all sessions."""
        self.control("-m", mode, "stop")

    def control(self, *words: object) -> None:
        _run(self.who, self.home / "pg_ctl", "-D", self.data, "-w", *words)

    def recreate(self) -> None:
        """Empty, as if nothing had ever been there."""
        with self.connected() as connection:
            connection.execute("DROP DATABASE IF EXISTS duels WITH (FORCE)")
            connection.execute("CREATE DATABASE duels")

    def connected(self) -> "psycopg.Connection[Any]":
        import psycopg

        return psycopg.connect(f"host=127.0.0.1 port={self.port} user=duel dbname=postgres", autocommit=True)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """Its DATABASE_URL."""
    with running() as found:
        yield found.url


@contextmanager
def running(durable: bool = False) -> Iterator[Server]:
    found = Server(durable)
    found.start()
    try:
        found.recreate()
        yield found
    finally:
        if found.runs():
            found.stop()
        found.remove()


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if getpass.getuser() != "root" and os.geteuid():
        return {}
    shutil.chown(folder, "nobody")
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


def _run(who: dict[str, Any], *command: object) -> None:
    # To files, not pipes: the server would hold a pipe open for as long as it lives.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run([str(part) for part in command], stdout=said, stderr=said, cwd="/", check=False, **who)
        said.seek(0)
        assert done.returncode == 0, said.read().decode(errors="replace")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def main(command: list[str]) -> int:
    if binaries() is None:
        sys.stderr.write(f"{MISSING}\n")
        return 1
    with server() as url:
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
