from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"  # it goes on, but not well, or not for long
    FAULT = "fault"


class Finding(NamedTuple):
    level: Level
    what: str
    said: str
    cure: str = ""


def ok(what: str, said: str = "") -> Finding:
    return Finding(Level.OK, what, said)


def warning(what: str, said: str, cure: str) -> Finding:
    return Finding(Level.WARNING, what, said, cure)


def fault(what: str, said: str, cure: str) -> Finding:
    return Finding(Level.FAULT, what, said, cure)


def measured(what: str, said: str, cure: str, value: float, worse: float, worst: float) -> Finding:
    """The more, the worse."""
    if value > worst:
        return fault(what, said, cure)
    return warning(what, said, cure) if value > worse else ok(what, said)
