"""The site as it stands on several machines: two of every process, one database, one Redis, and a proxy in front."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from tests import postgres
from tests import redis as own_redis
from tests.botapi import BotApi
from tests.chaos.proxy import Proxy
from tests.duels.site import ROOT, START, Site, free_port

KINDS = ("web", "telegram", "judge", "reconcile")
GAME = {
    "DUEL_SECONDS": "60",
    "REMINDER_SECONDS": "20",
    "SEARCH_SECONDS": "120",
    "ROOM_SECONDS": "120",
    "RECONCILE_SECONDS": "5",  # as it ships: recovery is measured with it
    # Several machines share their keys; nothing of them lies in the folder of any one.
    "SECRET_KEY": "of-tests-alone-" + 40 * "k",
    "ENCRYPTION_KEYS": "B" * 43 + "=",
}


@dataclass(frozen=True)
class Death:
    name: str
    at: float
    code: int
    meant: bool


class Machines(Site):
    def __init__(self, api: BotApi, database: postgres.Server, redis: own_redis.Server, **settings: str) -> None:
        self.database, self.redis = database, redis
        self.ports = {"web1": free_port(), "web2": free_port()}
        addresses = {"DATABASE_URL": database.url, "REDIS_URL": redis.url}
        super().__init__(api, **(GAME | addresses | settings))
        self.proxy = Proxy(self.port, list(self.ports.values()))
        self.deaths: list[Death] = []
        self.connection: psycopg.Connection[Any] | None = None
        self.away = False  # the database, because the test wants it so
        self.came: set[int] = set()  # processes that have been ready
        self.outages: list[float] = []  # when the database went away
        self.doomed: set[str] = set()  # whose end the test has asked for
        self.resting: dict[str, float] = {}  # who is started again, and when

    def __enter__(self) -> Self:
        self.proxy.start()
        return super().__enter__()

    def prepare(self) -> None:
        command = [sys.executable, "-m", "tests.chaos.prepare"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def stop(self) -> None:
        super().stop()
        self.proxy.stop()
        if self.connection:
            self.connection.close()

    @property
    def processes(self) -> dict[str, str]:
        web = "daphne --verbosity 0 --bind 127.0.0.1 --port {} emotionduel.asgi:application"
        commands = {"telegram": "work telegram", "judge": "work judge", "reconcile": "reconcile"}
        found = {name: web.format(port) for name, port in self.ports.items()}
        for kind, words in commands.items():
            found |= {f"{kind}{number}": f"python manage.py {words}" for number in (1, 2)}
        return found

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"DJANGO_SETTINGS_MODULE": "tests.chaos.settings"}

    @property
    def traps(self) -> Path:
        return self.folder / "traps"

    def crossed(self) -> set[str]:
        """Every boundary that some process has come to."""
        noted = self.folder / "crossed"
        return set(noted.read_text().splitlines()) if noted.exists() else set()

    # Who dies, and comes back.

    def strike(self, name: str, rest: float, number: signal.Signals = signal.SIGKILL) -> None:
        self.doomed.add(name)
        self.resting[name] = time.monotonic() + rest
        if name in self.running:
            self.running[name].send_signal(number)

    def tend(self) -> None:
        """Starts anew whoever has died, as a supervisor would."""
        for name, process in list(self.running.items()):
            if (code := process.poll()) is not None:
                del self.running[name]
                self.deaths.append(Death(name, time.monotonic(), code, name in self.doomed or self.trapped(code)))
                self.doomed.discard(name)
                self.resting.setdefault(name, 0.0)
        for name, when in list(self.resting.items()):
            if time.monotonic() >= when and name not in self.running:
                del self.resting[name]
                self.start(name)

    def trapped(self, code: int) -> bool:
        return code == -signal.SIGKILL

    def all_run(self) -> bool:
        return not self.resting and set(self.running) == set(self.processes)

    def able(self) -> bool:
        """One of each kind is there. Each is asked, for Redis may be emptied of those who said once that they came."""
        ready = {name for name in self.processes if self.ready(name)}
        return all(ready & {f"{kind}1", f"{kind}2"} for kind in KINDS)

    def ready(self, name: str) -> bool:
        """It answers, or waits at its queue."""
        process = self.running.get(name)
        if process is None or process.poll() is not None:
            return False
        if process.pid not in self.came and self.comes(name, process.pid):
            self.came.add(process.pid)
        return process.pid in self.came

    def comes(self, name: str, pid: int) -> bool:
        if name in self.ports:
            return self.answers("/healthz", self.ports[name])
        kind = name.rstrip("12")
        return kind == "reconcile" or pid in self.workers(kind)

    def workers(self, queue: str) -> set[int]:
        with closing(Redis.from_url(self.redis.url)) as redis:
            try:
                names = [name.decode() for name in redis.smembers(f"rq:workers:{queue}")]  # type: ignore[union-attr]
                found = [redis.hget(name, "pid") for name in names]
            except RedisError:
                return set()
        return {int(pid) for pid in found if pid}

    def wait_ready(self) -> None:
        self.wait_for(lambda: all(map(self.ready, self.processes)), "not all processes start")

    def wait_for(self, look: Callable[[], object], complaint: str, within: float = START) -> None:
        end = time.monotonic() + within
        while not look():
            self.tend()
            assert time.monotonic() < end, f"{complaint}:\n{self.logs()}"
            time.sleep(0.1)

    # What the database says.

    def rows(self, query: str, *values: Any) -> list[Any]:
        """It may be away for a moment."""
        end = time.monotonic() + 60
        while True:
            try:
                return self.asked(query, *values)
            except psycopg.OperationalError:
                self.connection = None
                assert time.monotonic() < end, "the database does not come back"
                time.sleep(0.1)

    def asked(self, query: str, *values: Any) -> list[Any]:
        if self.connection is None:
            self.connection = psycopg.connect(self.database.url, autocommit=True)
        return self.connection.execute(query.replace("?", "%s").encode(), values or None).fetchall()


class Standing(ExitStack):
    """Everything that the machines need, started and stopped with them."""

    def machines(self, **settings: str) -> Machines:
        api = self.enter_context(BotApi())
        database = self.enter_context(postgres.running())
        redis = self.enter_context(own_redis.running())
        return self.enter_context(Machines(api, database, redis, **settings))


def logs_to(site: Site, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in site.folder.glob("*.log"):
        shutil.copy(path, folder)
