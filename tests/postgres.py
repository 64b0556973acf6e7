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
from typing import Any

MISSING = "PostgreSQL's server is not installed: initdb is neither on PATH nor in /usr/lib/postgresql"


def binaries() -> Path | None:
    """Where initdb and pg_ctl lie: on PATH, or where Debian puts them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@contextmanager
def server() -> Iterator[str]:
    """Its DATABASE_URL. The database's name is `duels`."""
    home = binaries()
    assert home, "look at binaries() first"
    folder = Path(tempfile.mkdtemp(prefix="emotionduel-postgres-"))
    who = _unprivileged(folder)
    port = _free_port()
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c max_connections=60"
    _run(who, home / "initdb", "-D", folder / "data", "-U", "duel", "--auth=trust", "--encoding=UTF8")
    _run(who, home / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start")
    try:
        _create_database(port)
        yield f"postgres://duel@127.0.0.1:{port}/duels"
    finally:
        _run(who, home / "pg_ctl", "-D", folder / "data", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


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


def _create_database(port: int) -> None:
    import psycopg

    with psycopg.connect(f"host=127.0.0.1 port={port} user=duel dbname=postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE duels")


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
