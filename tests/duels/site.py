"""The whole site as it runs in earnest: every process of the Procfile, a database and a Redis of its own, and in
Telegram's place the Bot API double.
"""

import os
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from tests.botapi import BotApi, Person

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds that a person may wait for the bot: machines are busy
START = 600.0  # torch loads slowly, and machines are busy
SETTINGS = {"RECONCILE_SECONDS": "1", "DEBUG": "0", "REFUSE_COPIES": "0", "ENV_FILE": os.devnull}


class Site:
    def __init__(self, api: BotApi, **settings: str) -> None:
        self.api = api
        self.folder = Path(tempfile.mkdtemp(prefix="duel-"))
        self.port = free_port()
        self.settings = SETTINGS | {
            "DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "TELEGRAM_BOT_TOKEN": api.token,
            "TELEGRAM_API_URL": api.url,
            **settings,
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        try:
            self.prepare()
            self.start(*self.processes)
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def processes(self) -> dict[str, str]:
        """The Procfile's, but the poller: there is a webhook; and no Redis where one was given."""
        lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
        found = dict(line.split(": ", 1) for line in lines if line)
        spare = {"poll", "redis"} if "REDIS_URL" in self.settings else {"poll"}
        return {name: command for name, command in found.items() if name not in spare}

    @property
    def environment(self) -> dict[str, str]:
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        own = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL"}
        kept = {name: value for name, value in os.environ.items() if name not in own}
        return kept | self.settings | {"PATH": programs, "PYTHONUNBUFFERED": "1"}

    def prepare(self) -> None:
        self.manage("prepare")

    def manage(self, *words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self, *names: str) -> None:
        for name in names:
            words = [
                part.replace("$PORT", str(self.port)) for part in shlex.split(self.processes[name]) if part != "exec"
            ]
            words = module_words(words)
            with self.log(name).open("ab") as log:
                self.running[name] = subprocess.Popen(words, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def kill(self, *names: str, number: signal.Signals = signal.SIGKILL) -> None:
        for name in names:
            process = self.running.pop(name)
            process.send_signal(number)
            process.wait(30)

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for name in list(self.running):
            try:
                self.running[name].wait(10)
            except subprocess.TimeoutExpired:
                self.kill(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait_ready(self) -> None:
        self.wait_for(lambda: self.answers("/healthz"), "the site does not start")
        self.wait_for(lambda: self.works("telegram") and self.works("judge"), "the workers do not start")

    def wait_for(self, look: Callable[[], object], complaint: str, within: float = START) -> None:
        end = time.monotonic() + within
        while not look():
            died = [name for name, process in self.running.items() if process.poll() is not None]
            assert not died, f"{died} ended:\n{self.logs()}"
            assert time.monotonic() < end, f"{complaint}:\n{self.logs()}"
            time.sleep(0.1)

    def works(self, queue: str) -> bool:
        """The judge's worker says so once its model is loaded."""
        address = self.settings.get("REDIS_URL") or f"unix://{self.folder / 'redis.sock'}"
        with closing(Redis.from_url(address)) as redis:
            try:
                return bool(redis.scard(f"rq:workers:{queue}"))
            except RedisError:
                return False

    def answers(self, path: str, port: int = 0) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{port or self.port}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, TimeoutError, ConnectionError):
            return False

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def logs(self) -> str:
        texts = {path.stem: path.read_text(encoding="utf-8", errors="replace") for path in self.folder.glob("*.log")}
        return "\n".join(f"== {name}\n{text[-3000:]}" for name, text in texts.items())

    def rows(self, query: str, *values: Any) -> list[Any]:
        """What the database says; the site's own processes alone write there. Times come as text."""
        address = self.settings.get("DATABASE_URL", "")
        if address.startswith("postgres"):
            with psycopg.connect(address) as server:
                return server.execute(query.replace("?", "%s").encode(), values).fetchall()
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as database:
            return database.execute(query, values).fetchall()

    # Persons.

    def newcomer(self, name: str, language: str = "en") -> Person:
        return Person(self.api, name, language)

    def player(self, name: str, language: str = "en", shows_face: bool = True) -> Person:
        """Who has been greeted and has agreed."""
        person = self.newcomer(name, language)
        person.types("/start")
        person.presses("16", within=PATIENCE)
        person.presses("😎" if shows_face else "🫣", within=PATIENCE)
        return person


class WithPages(Site):
    """Styles and scripts as they ship. To compress them takes a processor for twenty seconds: who looks at no page
    need not wait for it.
    """

    def prepare(self) -> None:
        self.manage("build")
        super().prepare()


def module_words(words: list[str]) -> list[str]:
    """With this Python, whatever else is on PATH."""
    if words[0] == "python":
        return [sys.executable, *words[1:]]
    return [sys.executable, "-m", *words]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
