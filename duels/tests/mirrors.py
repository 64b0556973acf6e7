"""The two ends of the mirror's socket, for tests of the other end."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from duels.mirror.wire import NUMBER, Kind, Message, packed, receive

PATIENCE = 60.0  # machines are busy


@contextmanager
def socket_folder() -> Iterator[Path]:
    """Pytest's own folders have longer names than a socket may have."""
    with tempfile.TemporaryDirectory(prefix="mirror-") as folder:
        yield Path(folder)


class Guest:
    """A web process's end: one page's visit."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def says(self, kind: Kind, payload: bytes) -> None:
        self.writer.write(packed(kind, payload))

    def shows(self, number: int, frame: bytes) -> None:
        self.says(Kind.FRAME, NUMBER.pack(number) + frame)

    async def hears(self, *kinds: str) -> dict[str, Any]:
        """The next of these kinds; what else is told goes unheard."""
        while True:
            message = await asyncio.wait_for(receive(self.reader), PATIENCE)
            assert message is not None, "the mirror hung up"
            told: dict[str, Any] = json.loads(message[1])
            if told["kind"] in kinds:
                return told

    async def hangs_up(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


@asynccontextmanager
async def guest(path: Path, name: str = "Ann", prompt: str = "") -> AsyncIterator[Guest]:
    found = Guest(*await asyncio.open_unix_connection(path))
    found.says(Kind.HELLO, name.encode())
    found.says(Kind.PROMPT, prompt.encode())
    try:
        yield found
    finally:
        await found.hangs_up()


class Double:
    """The mirror's process's end: it notes what pages say, and answers what a test has it answer."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Message] = asyncio.Queue()
        self.writers: list[asyncio.StreamWriter] = []

    async def visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        while message := await receive(reader):
            self.heard.put_nowait(message)
        writer.close()

    async def hears(self) -> Message:
        return await asyncio.wait_for(self.heard.get(), PATIENCE)

    def tells(self, what: dict[str, Any], kind: Kind = Kind.TOLD) -> None:
        self.writers[-1].write(packed(kind, json.dumps(what).encode()))

    def dies(self) -> None:
        for writer in self.writers:
            writer.close()


@asynccontextmanager
async def double(path: Path) -> AsyncIterator[Double]:
    found = Double()
    server = await asyncio.start_unix_server(found.visited, path)
    try:
        yield found
    finally:
        server.close()
        found.dies()
