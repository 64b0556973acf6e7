"""Updates on their way to the webhook: ready-made requests over connections that stay open."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

Json = dict[str, Any]
WEBHOOK = "/telegram/webhook/"
numbers = count(random.randrange(1000, 100_000_000))
messages = count(1)


def request(path: str, secret: str, body: Json) -> bytes:
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def person(chat: int) -> Json:
    return {"id": chat, "is_bot": False, "first_name": f"P{chat}", "language_code": "en" if chat % 2 else "ru"}


def message(chat: int, **body: Any) -> Json:
    about = {"id": chat, "type": "private", "first_name": f"P{chat}"}
    head = {"message_id": next(messages), "date": int(time.time()), "chat": about, "from": person(chat)}
    return {"update_id": next(numbers), "message": head | body}


def command(chat: int, text: str) -> Json:
    return message(chat, text=text, entities=[{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}])


def press(chat: int, data: str) -> Json:
    about = {"message_id": 1, "date": int(time.time()), "chat": {"id": chat, "type": "private"}, "text": "..."}
    number = next(numbers)
    query = {"id": str(number), "from": person(chat), "chat_instance": "1", "data": data, "message": about}
    return {"update_id": number, "callback_query": query}


def photo(chat: int, which: int, size: int) -> Json:
    """As Telegram tells of one: in several sizes, the largest of which the bot fetches."""
    number = next(messages)
    sizes = [
        {
            "file_id": f"AgAC-photo-{which}-{number}-{width}",
            "file_unique_id": f"AQ{number}-{width}",
            "width": width,
            "height": 3 * width // 4,
            "file_size": size * width // 1280,
        }
        for width in (90, 320, 800, 1280)
    ]
    return message(chat, photo=sizes)


class Door:
    """Some connections to the web process; whoever posts waits for a free one."""

    def __init__(self, port: int, secret: str, connections: int) -> None:
        self.port, self.secret = port, secret
        self.free: asyncio.Queue[Line] = asyncio.Queue()
        self.connections = connections

    async def open(self) -> None:
        for _ in range(self.connections):
            self.free.put_nowait(await Line.to(self.port))

    async def close(self) -> None:
        while not self.free.empty():
            self.free.get_nowait().writer.close()

    async def post(self, update: Json) -> int:
        """The status of the answer."""
        async with self.line() as line:
            return await line.ask(request(WEBHOOK, self.secret, update))

    @asynccontextmanager
    async def line(self) -> AsyncIterator["Line"]:
        line = await self.free.get()
        try:
            yield line
        finally:
            self.free.put_nowait(line)


class Line:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> "Line":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, ready: bytes) -> int:
        self.writer.write(ready)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if length.strip() not in {b"", b"0"}:
            await self.reader.readexactly(int(length))
        return int(head[9:12])
