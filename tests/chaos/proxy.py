"""Before several web processes: each connection goes to the next one that takes it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Thread

PIECE = 65536


class Proxy:
    def __init__(self, port: int, behind: Sequence[int]) -> None:
        self.port, self.behind = port, list(behind)
        self.loop = asyncio.new_event_loop()
        self.ready = Event()
        self.thread = Thread(target=self.run, name="proxy", daemon=True)

    def start(self) -> None:
        self.thread.start()
        assert self.ready.wait(30), "the proxy did not start"

    def stop(self) -> None:
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(30)

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", self.port))
        self.ready.set()
        self.loop.run_forever()
        self.server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            found = await self.connect()
            if found:
                await asyncio.gather(carry(reader, found[1]), carry(found[0], writer))
        except (OSError, asyncio.CancelledError):
            pass  # as when a machine goes away
        finally:
            writer.close()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for port in list(self.behind):
            self.behind.append(self.behind.pop(0))
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return None


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    writer.close()
