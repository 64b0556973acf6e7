"""`/ws/mirror/`: passes a page's frames on to the mirror's process, and its answers back. It opens no frame itself."""

import asyncio
import json
import secrets
import time
from contextlib import suppress
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.core import signing
from django.http import parse_cookie

from duels.mirror.wire import MOST_BYTES, PROMPT_LETTERS, Kind, NotOurs, address, packed, receive

COOKIE = "mirror"
RETRY = 1.0  # seconds, while the mirror's process is away
# What a page may send in a second. What is beyond goes unheard; far beyond, and it is no page.
HEARD, BORNE = 40, 400
# Why a socket was closed, as the page knows it.
STRANGER, TOO_MUCH, BYE = 4401, 4413, 4000


def new_visitor() -> str:
    """A cookie's value. It says only that two tabs are one browser's."""
    return signing.dumps(secrets.token_urlsafe(12), salt=COOKIE)


def visitor_of(headers: list[tuple[bytes, bytes]]) -> str | None:
    cookies = parse_cookie(dict(headers).get(b"cookie", b"").decode("latin-1"))
    with suppress(signing.BadSignature):
        return str(signing.loads(cookies.get(COOKIE, ""), salt=COOKIE))
    return None


class MirrorConsumer(AsyncWebsocketConsumer):
    channel_layer_alias = ""  # none: frames go through no Redis, and the mirror works while Redis is away
    passing: asyncio.Task[None] | None = None
    writer: asyncio.StreamWriter | None = None
    prompt = ""
    second, count = 0, 0

    async def connect(self) -> None:
        visitor = visitor_of(self.scope["headers"])
        await self.accept()  # first: a browser hears no reason of a socket that never was open
        if visitor is None:
            await self.close(STRANGER)
            return
        self.passing = asyncio.create_task(self.pass_answers(visitor))

    async def disconnect(self, code: int) -> None:
        if self.passing:
            self.passing.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        size = len(text_data or bytes_data or b"")
        borne = self.counted()
        if size > MOST_BYTES or borne > BORNE:
            await self.close(TOO_MUCH)
        elif borne > HEARD:
            return
        elif bytes_data:
            self.pass_on(bytes_data)
        else:
            self.prompt = prompt_in(text_data or "")
            self.write(Kind.PROMPT, self.prompt.encode())

    def counted(self) -> int:
        now = int(time.monotonic())
        self.second, self.count = now, self.count + 1 if now == self.second else 1
        return self.count

    def pass_on(self, frame: bytes) -> None:
        """Where the process takes nothing in, frames are dropped here rather than kept."""
        if self.writer and not self.writer.transport.get_write_buffer_size():
            self.write(Kind.FRAME, frame)

    def write(self, kind: Kind, payload: bytes) -> None:
        if self.writer and not self.writer.is_closing():
            self.writer.write(packed(kind, payload))

    async def pass_answers(self, visitor: str) -> None:
        """Anew whenever the process comes back, until it says goodbye."""
        while not await self.visit(visitor):
            await self.send(json.dumps({"kind": "away"}))
            await asyncio.sleep(RETRY)
        await self.close(BYE)

    async def visit(self, visitor: str) -> bool:
        """False: the process is away."""
        with suppress(OSError, NotOurs):
            reader, self.writer = await asyncio.open_unix_connection(address())
            try:
                self.write(Kind.HELLO, visitor.encode())
                self.write(Kind.PROMPT, self.prompt.encode())
                while message := await receive(reader):
                    kind, payload = message
                    await self.send(payload.decode())
                    if kind is Kind.BYE:
                        return True
            finally:
                self.writer.close()
        return False


def prompt_in(text: str) -> str:
    """Pages of ours send {"prompt": "..."}."""
    try:
        said: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    prompt = said.get("prompt") if isinstance(said, dict) else None
    if not isinstance(prompt, str):
        return ""
    return prompt[:PROMPT_LETTERS].strip().encode(errors="replace").decode()  # half a surrogate pair has no bytes
