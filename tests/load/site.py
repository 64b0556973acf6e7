"""The site under load: as many processes of each kind as are asked for, and what each has cost so far."""

import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis

from tests import postgres
from tests import redis as own_redis
from tests.duels.site import ROOT, Site
from tests.load.telegram import Telegram

SECRET = "of-the-load-alone"
# Few faces are shown again and again here; one's telling apart has its own figures in docs/fairplay.md.
GAME = {"RECONCILE_SECONDS": "5", "REFUSE_COPIES": "0", "TELEGRAM_WEBHOOK_SECRET": SECRET}
TICK = os.sysconf("SC_CLK_TCK")
COMMANDS = {"telegram": "work telegram", "judge": "work judge", "reconcile": "reconcile"}
# As the Procfile has them, but for the mirror, at which nobody looks.
SHIPPED = {"web": 1, "telegram": 2, "judge": 1, "reconcile": 1}
WAITING = """
    select (select count(*) from duels_update where status = 'waiting'),
        (select count(*) from duels_entry where status = 'sent'),
        (select count(*) from duels_notice where status = 'waiting')
"""


@dataclass(frozen=True)
class Spent:
    """Seconds of a processor's, by kind of process; and what the database has written since its start."""

    at: float
    seconds: dict[str, float]
    rows: int
    log: int  # bytes of the write-ahead log
    size: int  # bytes on disk

    def since(self, before: "Spent") -> "Spent":
        seconds = {kind: self.seconds[kind] - before.seconds[kind] for kind in self.seconds}
        log, size = self.log - before.log, self.size - before.size
        return Spent(self.at - before.at, seconds, self.rows - before.rows, log, size)


class LoadSite(Site):
    def __init__(
        self,
        telegram: Telegram,
        database: postgres.Server,
        redis: own_redis.Server,
        shape: dict[str, int],
        light: bool = False,
        **settings: str,
    ) -> None:
        self.database, self.redis, self.shape, self.light = database, redis, shape, light
        self.connection: psycopg.Connection[Any] | None = None
        addresses = {"DATABASE_URL": database.url, "REDIS_URL": redis.url}
        super().__init__(telegram, **(GAME | addresses | settings))  # type: ignore[arg-type]

    @property
    def processes(self) -> dict[str, str]:
        web = f"daphne --verbosity 0 --bind 127.0.0.1 --port {self.port} emotionduel.asgi:application"
        found = {"web": web} if self.shape.get("web") else {}
        for kind, words in COMMANDS.items():
            found |= {f"{kind}{number + 1}": f"python manage.py {words}" for number in range(self.shape.get(kind, 0))}
        return found

    @property
    def environment(self) -> dict[str, str]:
        own = {"DJANGO_SETTINGS_MODULE": "tests.load.settings", "LIGHT_JUDGE": "1" if self.light else "0"}
        return super().environment | own

    def prepare(self) -> None:
        self.run("tests.chaos.prepare")

    def run(self, module: str, *words: str) -> str:
        command = [sys.executable, "-m", module, *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def wait_ready(self) -> None:
        if self.shape.get("web"):
            self.wait_for(lambda: self.answers("/healthz"), "the site does not start")
        self.wait_for(lambda: all(map(self.working, ("telegram", "judge"))), "the workers do not start")
        # At its first start the judge looks how its scores spread on each prompt; a light one cannot.
        if self.shape.get("judge") and self.shape.get("reconcile"):
            self.measured()

    def measured(self) -> None:
        lacking = "select count(*) from duels_prompt where spread is null"
        if self.light:
            self.asked("update duels_prompt set spread = '{}'")
        self.wait_for(lambda: self.rows(lacking) == [(0,)], "the prompts are not measured")

    def working(self, queue: str) -> bool:
        with closing(Redis.from_url(self.redis.url)) as redis:
            return redis.scard(f"rq:workers:{queue}") == self.shape.get(queue, 0)

    def stop(self) -> None:
        super().stop()
        if self.connection:
            self.connection.close()

    # What it has done.

    def asked(self, query: str, *values: Any) -> "psycopg.Cursor[Any]":
        if self.connection is None:
            self.connection = psycopg.connect(self.database.url, autocommit=True)
        return self.connection.execute(query.encode(), values or None)

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self.asked(query, *values).fetchall()

    def waiting(self) -> tuple[int, int, int]:
        """Updates, photos, notices."""
        [found] = self.rows(WAITING)
        return found

    def drained(self, within: float) -> bool:
        end = time.monotonic() + within
        while any(self.waiting()) and time.monotonic() < end:
            time.sleep(0.2)
        return not any(self.waiting())

    def memory(self) -> dict[str, int]:
        """Resident bytes of each process of ours."""
        return {name: resident(process.pid) for name, process in self.running.items()}

    def spent(self) -> Spent:
        seconds: defaultdict[str, float] = defaultdict(float)
        for name, process in self.running.items():
            seconds[name.rstrip("0123456789")] += cpu(process.pid)
        server = int((self.database.data / "postmaster.pid").read_text().split()[0])
        seconds["PostgreSQL"] = cpu(server, ended=True) + sum(cpu(pid) for pid in children(server))
        assert self.redis.process
        seconds["Redis"] = cpu(self.redis.process.pid)
        seconds["the load itself"] = time.process_time()
        return Spent(time.monotonic(), dict(seconds), *self.written())

    def written(self) -> tuple[int, int, int]:
        self.asked("select pg_stat_force_next_flush()")
        [[rows, log, size]] = self.rows(
            "select (select sum(n_tup_ins)::bigint from pg_stat_user_tables),"
            " pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, pg_database_size(current_database())"
        )
        return rows, log, size


def cpu(pid: int, ended: bool = False) -> float:
    """Seconds that the process has used; with those of its children that have ended, where asked."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11 : 15 if ended else 13])) / TICK


def children(parent: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if int((path / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                yield int(path.name)
        except OSError:
            continue


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) * 1024
    except (OSError, IndexError):
        return 0


@contextmanager
def standing(telegram: Telegram, shape: dict[str, int], light: bool = False, **settings: str) -> Iterator[LoadSite]:
    """On a PostgreSQL whose commits reach the disk."""
    with (
        postgres.running(durable=True) as database,
        own_redis.running() as redis,
        LoadSite(telegram, database, redis, shape, light, **settings) as site,
    ):
        yield site
