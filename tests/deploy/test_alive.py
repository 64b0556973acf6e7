"""What Docker asks each container: told by real doors, a real Redis, a real database."""

import os
import runpy
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from redis import Redis
from rq import SimpleWorker

from duels.models import Turn
from duels.reconcile import NAME
from duels.turns import DOOR
from tests import postgres
from tests import redis as own_redis
from tests.deploy.files import ROOT

PROGRAM = str(ROOT / "deploy" / "alive.py")
Alive = Callable[..., bool]


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Alive:
    main: Callable[[str], int] = runpy.run_path(PROGRAM)["main"]

    def ask(part: str, **environment: str) -> bool:
        with monkeypatch.context() as patch:
            patch.setattr(os, "environ", environment)
            code = main(part)
        assert (code == 0) == (not capsys.readouterr().err)
        return code == 0

    return ask


class Healthz(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 500)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        pass


def test_a_web_process_answers(alive: Alive) -> None:
    with HTTPServer(("127.0.0.1", 0), Healthz) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        assert alive("web", PORT=str(server.server_port))
        server.shutdown()
    assert not alive("web", PORT=str(server.server_port))


def test_the_mirror_opens(alive: Alive) -> None:
    with tempfile.TemporaryDirectory(prefix="duel-") as folder:  # short: it becomes a socket's path
        assert not alive("mirror", DATA_DIR=folder)
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(Path(folder) / "mirror.sock"))
            door.listen()
            assert alive("mirror", DATA_DIR=folder)
        assert not alive("mirror", DATA_DIR=folder)


def test_a_worker_waits_at_its_own_queue_on_this_machine(alive: Alive) -> None:
    with own_redis.running() as redis, closing(Redis.from_url(redis.url)) as client:
        worker = SimpleWorker(["judge"], connection=client)
        worker.register_birth()  # type: ignore[no-untyped-call]
        assert alive("judge", REDIS_URL=redis.url)
        assert not alive("telegram", REDIS_URL=redis.url)
        client.hset(worker.key, "hostname", "elsewhere")
        assert not alive("judge", REDIS_URL=redis.url)
    assert not alive("judge", REDIS_URL=redis.url)


def test_a_process_of_its_own_says_it_by_how_it_ends() -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, "mirror"], env={"DATA_DIR": "/nowhere"}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"mirror: FileNotFoundError\n")


@pytest.fixture
def database() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.mark.slow
@pytest.mark.skipif(postgres.binaries() is None, reason=postgres.MISSING)
def test_a_reconciler_has_acted_of_late(database: str, alive: Alive) -> None:
    """The columns are those of the model, or the last line fails."""
    with psycopg.connect(database, autocommit=True) as connection:
        assert not alive("reconcile", DATABASE_URL=database)
        connection.execute("CREATE TABLE duels_turn (name text, beat_at timestamptz)")
        assert not alive("reconcile", DATABASE_URL=database)
        connection.execute("INSERT INTO duels_turn VALUES (%s, now() - interval '25 s')", [NAME])
        assert alive("reconcile", DATABASE_URL=database)
        assert not alive("reconcile", DATABASE_URL=database, RECONCILE_SECONDS="2")
        assert not alive("poll", DATABASE_URL=database)
        connection.execute("INSERT INTO duels_turn VALUES (%s, now())", [DOOR])
        assert alive("poll", DATABASE_URL=database)
    assert Turn._meta.db_table == "duels_turn"
    assert {"name", "beat_at"} <= {field.column for field in Turn._meta.fields}
