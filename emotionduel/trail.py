"""What a line of the log is about: the duel's public id and whatever else is known, on every line of its way.

Marks hold from where they are set to the end of the innermost `on`; without one, nothing is remembered: a thread that
serves one visitor after another must not mark the second's lines with what the first did.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from django.db import transaction

Marks = dict[str, object]

marks: ContextVar[Marks | None] = ContextVar("marks", default=None)


@contextmanager
def on(**known: object) -> Iterator[None]:
    token = marks.set({**current(), **known})
    try:
        yield
    finally:
        marks.reset(token)


def mark(**known: object) -> None:
    """For the rest of the innermost `on`. None: not known."""
    here = marks.get()
    if here is not None:
        here.update({name: each for name, each in known.items() if each is not None})


def current() -> Marks:
    return dict(marks.get() or {})


def say(log: logging.Logger, text: str, *args: object, **known: object) -> None:
    """Once it is committed: what is rolled back did not happen, and is not told. What is known is marked, too."""
    mark(**known)
    transaction.on_commit(partial(said, log, {**current(), **known}, text, *args), robust=True)


def said(log: logging.Logger, known: Marks, text: str, *args: object) -> None:
    with on(**known):
        log.info(text, *args)


class Marked(logging.Filter):
    """Lets every record through, with what it is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        known = current()
        record.trail = known
        record.marks = "".join(f" {name}={value}" for name, value in known.items())
        return True
