"""What web processes and the mirror's process say to each other: a length, a letter, the rest."""

import asyncio
import struct
from enum import Enum
from pathlib import Path

from django.conf import settings

FRAME_BYTES = 100_000
PROMPT_LETTERS = 120
HEAD = struct.Struct(">Ic")
NUMBER = struct.Struct(">I")  # before a frame's bytes; the answer names it
MOST_BYTES = FRAME_BYTES + NUMBER.size


class Kind(Enum):
    HELLO = b"h"  # whose mirror it is: the first message of a visit
    PROMPT = b"p"
    FRAME = b"f"
    TOLD = b"t"  # JSON for the page
    BYE = b"b"  # the same, and the last


Message = tuple[Kind, bytes]


class NotOurs(Exception):
    """Whoever speaks here does not speak as we do."""


def address() -> Path:
    """Beside the database, and for this user alone."""
    found: Path = settings.DATA_DIR / "mirror.sock"
    return found


def packed(kind: Kind, payload: bytes) -> bytes:
    return HEAD.pack(len(payload), kind.value) + payload


def numbered(frame: bytes) -> tuple[int, bytes]:
    """A frame's number and its picture."""
    if len(frame) < NUMBER.size:
        raise NotOurs("a frame without a number")
    return NUMBER.unpack_from(frame)[0], frame[NUMBER.size :]


async def receive(reader: asyncio.StreamReader) -> Message | None:
    """None: the other side is gone."""
    try:
        length, letter = HEAD.unpack(await reader.readexactly(HEAD.size))
        if length > MOST_BYTES:
            raise NotOurs(f"a message of {length} bytes")
        return Kind(letter), await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except ValueError as error:
        raise NotOurs(str(error)) from error
