"""A question whose answer may never come: a database or a Redis that is away must not hold up who asks how we are."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Generic, TypeVar

from django.db import connections

Answer = TypeVar("Answer")

PATIENCE = 2.0  # seconds
KEPT = 1.0  # seconds that an answer is good for, whoever asks


class Question(Generic[Answer]):
    """Asked in a thread of its own, once at a time: who comes meanwhile waits for the same answer."""

    def __init__(self, ask: Callable[[], Answer], kept: float = KEPT) -> None:
        self.ask, self.kept = ask, kept
        self.lock = Lock()
        self.asked: Future[Answer] | None = None
        self.asked_at = 0.0

    def begin(self) -> "Future[Answer]":
        with self.lock:
            old = self.asked is None or (self.asked.done() and time.monotonic() - self.asked_at >= self.kept)
            if self.asked is None or old:
                self.asked, self.asked_at = Future(), time.monotonic()
                Thread(target=self.find, args=[self.asked], name="question", daemon=True).start()
            return self.asked

    def find(self, asked: "Future[Answer]") -> None:
        try:
            asked.set_result(self.ask())
        except Exception as error:  # noqa: BLE001 (it is told to who asked)
            asked.set_exception(error)
        finally:
            connections.close_all()

    def answer(self) -> Answer:
        """TimeoutError: none within the time from when it was first asked."""
        asked = self.begin()
        return asked.result(max(0.0, self.asked_at + PATIENCE - time.monotonic()))
