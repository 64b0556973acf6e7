"""Where a page of rows ended, as a text for addresses: what it is sorted by and a public id, for ours stay with us."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from math import isfinite
from typing import Any

PLAIN = re.compile(r"[a-z0-9_-]{1,60}")


class Unreadable(ValueError):
    """It is none of ours."""


def write(*values: bool | float | datetime | str) -> str:
    plain = [each.isoformat() if isinstance(each, datetime) else each for each in values]
    return urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def read(cursor: str, *kinds: type) -> list[Any]:
    """The values, of these kinds. Raises Unreadable."""
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), parse_constant=refuse)
        return [of_kind(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise Unreadable(cursor) from None


def of_kind(value: Any, kind: type) -> Any:
    if kind is datetime:
        return aware(datetime.fromisoformat(value))
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise TypeError(value)
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(value)
    if isinstance(value, str) and not PLAIN.fullmatch(value):
        raise ValueError(value)
    return value


def aware(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise ValueError(when)
    return when.astimezone(UTC)


def refuse(name: str) -> None:
    raise ValueError(name)
