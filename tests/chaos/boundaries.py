"""Inside the site's processes: where one step ends and the next begins, a process may find a trap, and dies there.

A trap is a file in DATA_DIR/traps; whoever crosses that boundary first takes it away and is killed. What a process
crosses for the first time is noted in DATA_DIR/crossed.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from threading import Timer
from types import FrameType
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

ROOT = str(Path(__file__).resolve().parents[2])
OURS = tuple(f"{ROOT}/{name}/" for name in ("duels", "accounts"))
WRITES = ("INSERT", "UPDATE", "DELETE")
AMID = 0.05  # seconds from the beginning of something slow to the kill in the middle of it
seen: set[str] = set()


class Boundaries(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        if kind():
            (settings.DATA_DIR / "traps").mkdir(exist_ok=True)
            install()


def kind() -> str:
    """Of this process; none where a command only prepares the site."""
    words = [Path(sys.argv[0]).name, *sys.argv[1:]]
    if "daphne" in " ".join(sys.argv[:1]) or words[0] == "__main__.py":
        return "web"
    if words[1:2] == ["work"]:
        return words[2]
    return "reconcile" if words[1:2] == ["reconcile"] else ""


def install() -> None:
    from duels import jobs, search, wake
    from duels.telegram import bot

    # In a crowd nobody searches long enough to be told that it takes long, or to be asked who is still there.
    search.TOLD_EVERY = search.READY_AFTER = 1
    commit: Any = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]
    BaseDatabaseWrapper._commit = around(commit, "commit")  # type: ignore[attr-defined]
    connection_created.connect(watch_single_writes)
    wake.enqueue = around(wake.enqueue, "wake", lambda args: str(args[1]).rpartition(".")[2])
    jobs.verdicts_on = amid(around(jobs.verdicts_on, "judging", lambda args: "photos"), "judging photos")
    bot.post = amid(around(bot.post, "sending", asked), "sending", asked)


def asked(args: Any) -> str:
    """The Bot API's method: the end of the address."""
    return str(args[1]).rpartition("/")[2]


def around(function: Callable[..., Any], what: str, which: Callable[[Any], str] | None = None) -> Callable[..., Any]:
    @wraps(function)
    def crossing(*args: Any, **kwargs: Any) -> Any:
        step = f"{what} {which(args) if which else whose()}"
        cross(f"before {step}")
        found = function(*args, **kwargs)
        cross(f"after {step}")
        return found

    return crossing


def amid(function: Callable[..., Any], what: str, which: Callable[[Any], str] | None = None) -> Callable[..., Any]:
    @wraps(function)
    def crossing(*args: Any, **kwargs: Any) -> Any:
        if trapped(f"amid {what}{f' {which(args)}' if which else ''}"):
            Timer(AMID, die).start()
        return function(*args, **kwargs)

    return crossing


def watch_single_writes(connection: Any, **kwargs: Any) -> None:
    """What is written outside of any transaction is committed by itself."""
    if hasattr(connection, "watched"):  # it was there before, and has connected anew
        return
    connection.watched = True

    def execute(run: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if connection.in_atomic_block or not str(sql).startswith(WRITES):
            return run(sql, params, many, context)
        step = f"commit {whose()}"
        cross(f"before {step}")
        found = run(sql, params, many, context)
        cross(f"after {step}")
        return found

    connection.execute_wrappers.append(execute)


def whose() -> str:
    """The function of ours that writes: the one that @atomic wraps, or the nearest outside of the models."""
    nearest = ""
    frame: FrameType | None = sys._getframe(2)
    while frame:
        code = frame.f_code
        if code.co_name == "inner" and code.co_filename.endswith("contextlib.py"):
            return str(frame.f_locals["func"].__name__)
        if code.co_filename.startswith(OURS):
            if "/models/" not in code.co_filename:
                return code.co_name
            nearest = nearest or code.co_name
        frame = frame.f_back
    return nearest or "other"


def cross(boundary: str) -> None:
    if trapped(boundary):
        die()


def trapped(boundary: str) -> bool:
    note(boundary)
    with suppress(FileNotFoundError):
        (settings.DATA_DIR / "traps" / f"{kind()} {boundary}").unlink()
        return True
    return False


def note(boundary: str) -> None:
    if boundary not in seen:
        seen.add(boundary)
        with (settings.DATA_DIR / "crossed").open("a") as file:
            file.write(f"{kind()} {boundary}\n")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
