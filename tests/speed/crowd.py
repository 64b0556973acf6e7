"""Spectators without browsers: `python -m tests.speed.crowd PORT COUNT`. Says "ready", and after a line of input when
each of them heard of each number.
"""

import asyncio
import base64
import json
import os
import resource
import sys
import time

HELLO = (
    "GET /ws/live/?after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
)
AT_ONCE = 50  # come in at the same moment
TEXT, PING, PONG = 1, 9, 0x8A

heard: dict[int, list[float]] = {}
inside_now: set["asyncio.Task[None]"] = set()  # the loop itself would forget them


async def watch(port: int, inside: asyncio.Semaphore) -> None:
    async with inside:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HELLO.format(key=base64.b64encode(os.urandom(16)).decode()).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n")[0], head
    inside_now.add(asyncio.create_task(listen(reader, writer)))


async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        kind, payload = await frame(reader)
        if kind == PING:
            writer.write(bytes([PONG, 0x80 | len(payload)]) + bytes(4) + payload)
        elif kind == TEXT:
            now = time.monotonic()
            for number in {number for news in json.loads(payload)["news"] for number in news["numbers"]}:
                heard.setdefault(number, []).append(now)


async def frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, length = await reader.readexactly(2)
    if length >= 126:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
    return first & 0x0F, await reader.readexactly(length)


async def main(port: int, count: int) -> None:
    inside = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(watch(port, inside) for _ in range(count)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    sys.stdout.write(json.dumps(heard))
    sys.stdout.flush()
    os._exit(0)  # without goodbyes


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(main(*map(int, sys.argv[1:])))
