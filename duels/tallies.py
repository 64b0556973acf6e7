"""What happened how often, and how long it took: counted in each process, carried to Redis every two seconds, and read
there by whichever web process Prometheus asks. It costs whoever works an addition, and waits for nobody.

This is for watching alone. What must be right stands in the database: Redis emptied, the counts begin anew at nought,
and with a killed process go its last two seconds.
"""

import atexit
import json
import secrets
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from threading import Lock, Thread
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from duels import wake
from duels.rules.verdict import Kind

KEY, PROCESSES, WEBHOOK = "metrics:counted", "metrics:processes", "metrics:webhook"
EVERY = 2.0  # seconds
GONE = 12.0  # without a word of a process
ASKED, FORGOTTEN = 60, 300  # seconds that Telegram is not asked again, and that its word counts

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "other")
VERDICTS = (*(kind.value for kind in Kind), "void")
SEEN = ("judged", "faceless", "unreadable", "copied", "barred", "failed")

QUICK = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 1.0, 2.0, 5.0, 15.0, 60.0)
WHOLE = (1.0, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 60.0, 120.0)  # Telegram's dates have no fractions


class Counted(NamedTuple):
    help: str
    labels: dict[str, tuple[str, ...]]  # what each may say; empty where that is not known beforehand


class Took(NamedTuple):
    help: str
    bounds: tuple[float, ...]


COUNTED = {
    "updates_stored": Counted(
        "Updates taken in; `again` are those that Telegram has sent before", {"kind": UPDATES, "what": ("new", "again")}
    ),
    "updates_handled": Counted(
        "Updates handled; `dropped` has no shape of Telegram's, `put_off` is tried again, `failed` needs a person",
        {"kind": UPDATES, "outcome": ("done", "dropped", "put_off", "failed")},
    ),
    "photos_judged": Counted("Photos of duels that a judge has looked at; `failed`: by our fault", {"outcome": SEEN}),
    "duels_ended": Counted("Duels that have ended, practices too", {"verdict": VERDICTS}),
    "notices": Counted(
        "What became of messages; `repeated` may have arrived twice, `refused` needs a person",
        {"outcome": ("sent", "retried", "repeated", "refused", "dropped")},
    ),
    "reconciler_found": Counted("What the reconciler saw to, because nobody else had", {"step": ()}),
    "reconciler_failed": Counted("Steps of the reconciler that failed", {"step": ()}),
}
TOOK = {
    "update_seconds": Took("From when an update was stored to its handling", QUICK),
    "fetch_seconds": Took("To have a batch of photos from Telegram", QUICK),
    "judge_seconds": Took("To judge a batch of photos, once they are here", QUICK),
    "photo_seconds": Took("From Telegram's date of a photo, in whole seconds, to its score", WHOLE),
    "notice_seconds": Took("From a message's writing to Telegram's answer", QUICK),
}


class Carrier:
    """One a process. Until Redis has taken what is counted, it is kept: there are only so many names."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(8)
        self.lock = Lock()
        self.counts: Counter[str] = Counter()
        self.now: dict[str, int] = {}

    def start(self) -> "Carrier":
        Thread(target=self.carry_on, name="tallies", daemon=True).start()
        atexit.register(self.carry)
        return self

    def carry_on(self) -> None:
        while True:
            time.sleep(EVERY)
            self.carry()

    def carry(self) -> None:
        with self.lock:
            taken, self.counts, now = self.counts, Counter(), dict(self.now)
        try:
            if taken or now:
                self.write(taken, now)
        except RedisError:
            with self.lock:
                self.counts.update(taken)

    def write(self, taken: "Counter[str]", now: dict[str, int]) -> None:
        with wake.redis().pipeline() as pipeline:
            for field, number in taken.items():
                pipeline.hincrbyfloat(KEY, field, number)
            if now:
                pipeline.hset(PROCESSES, self.name, json.dumps({**now, "at": time.time()}))
            pipeline.execute()


@cache
def carrier() -> Carrier:
    """From the first thing that is counted on."""
    return Carrier().start()


def count(name: str, *labels: str, by: float = 1) -> None:
    assert len(labels) == len(COUNTED[name].labels), f"{name} tells {list(COUNTED[name].labels)}"  # noqa: S101
    add({"|".join((name, *labels)): by})


def count_committed(name: str, *labels: str) -> None:
    """What is rolled back did not happen."""
    transaction.on_commit(partial(count, name, *labels), robust=True)


def photo(outcome: str, sent_at: datetime | None = None) -> None:
    """That is committed only afterwards: what is judged twice for a rollback's sake is timed twice."""
    count_committed("photos_judged", outcome)
    if sent_at:
        took("photo_seconds", (timezone.now() - sent_at).total_seconds())


def took(name: str, seconds: float) -> None:
    bounds = TOOK[name].bounds
    place = bisect_left(bounds, seconds)
    add({f"{name}|{bounds[place] if place < len(bounds) else '+Inf'}": 1, f"{name}|sum": max(0.0, seconds)})


@contextmanager
def timed(name: str) -> Iterator[None]:
    """What fails is not timed."""
    begin = time.monotonic()
    yield
    took(name, time.monotonic() - begin)


def add(numbers: dict[str, float]) -> None:
    mine = carrier()
    with mine.lock:
        mine.counts.update(numbers)


def watch(name: str, number: int) -> None:
    """How many there are now, in this process."""
    mine = carrier()
    with mine.lock:
        mine.now[name] = number


def counted() -> dict[str, float]:
    """All processes together. RedisError: nobody knows."""
    found: dict[bytes, bytes] = wake.redis().hgetall(KEY)  # type: ignore[assignment]
    return {field.decode(): float(number) for field, number in found.items()}


def watched(name: str) -> int:
    """Of all processes that have spoken lately. Those that are long gone are forgotten."""
    found: dict[bytes, bytes] = wake.redis().hgetall(PROCESSES)  # type: ignore[assignment]
    said = {process: json.loads(words) for process, words in found.items()}
    since = time.time() - GONE
    if old := [process for process, words in said.items() if words["at"] < since - 60]:
        wake.redis().hdel(PROCESSES, *old)
    return sum(words.get(name, 0) for words in said.values() if words["at"] >= since)


def keep_webhook(about: dict[str, Any]) -> None:
    wake.redis().set(WEBHOOK, json.dumps({**about, "asked_at": time.time()}), ex=FORGOTTEN)


def webhook() -> dict[str, Any]:
    """As Telegram last told it; empty where it has not been asked for long."""
    found: Any = wake.redis().get(WEBHOOK)
    return dict(json.loads(found)) if found else {}


def webhook_due() -> bool:
    return time.time() - webhook().get("asked_at", 0.0) >= ASKED
