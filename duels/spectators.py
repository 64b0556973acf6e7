"""The socket that spectators listen on: `/ws/live/?after=NUMBER`.

A process hears each push once, from the layer, and passes it on to all of its sockets: what comes in quick succession
together, twice a second at most. Every five seconds all hear the current number and how many watch. The processes tell
each other how many each of them has; one that is silent has died, and its spectators are gone with it.
"""

import asyncio
import json
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import Error
from django.utils import timezone
from redis.exceptions import RedisError

from duels import live, tallies
from duels.rules import figures

log = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]
Push = dict[str, Any]
News = dict[str, Any]

BEAT = 5.0
GONE = 2.4 * BEAT  # without a word of a process
PAUSE = 0.5  # between two messages with news
KEPT = 50  # pushes, for who comes a little later than the page was made
AGAIN = 1.0  # so long what was read anew for one who comes later is told to others who do
AWAY = (RedisError, OSError, TimeoutError)


class Hub:
    """All sockets of one process."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(8)
        self.sockets: set[Send] = set()
        self.others: dict[str, tuple[int, float]] = {}  # by process: how many watch there, and when it said so
        self.waiting: list[Push] = []  # as they were heard
        self.kept: deque[Push] = deque(maxlen=KEPT)  # and not what they were about: who is seen may change any time
        self.again: dict[int, list[News]] = {}  # by its first number, what of those was read anew
        self.again_until = 0.0
        self.telling = asyncio.Lock()  # what was read first is told first
        self.number = 0
        self.sent_at = 0.0
        self.tasks: set[asyncio.Task[None]] = set()
        self.listening = asyncio.Event()

    def start(self) -> None:
        for work in (self.listen(), self.beat_on()):
            self.run(work)

    def run(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.over)

    def over(self, task: "asyncio.Task[None]") -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("Spectators hear no more of one thing", exc_info=error)

    async def stop(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.say_count()

    async def join(self, send: Send, after: int | None) -> None:
        self.sockets.add(send)
        async with self.telling:
            await send(text({"news": await self.missed(after), **self.state()}))

    async def missed(self, after: int | None) -> list[News]:
        pushes = [push for push in self.kept if after is not None and push["number"] > after]
        if not pushes:
            return []
        now = asyncio.get_running_loop().time()
        if now > self.again_until:
            self.again, self.again_until = {}, now + AGAIN
        first = min(push["number"] for push in pushes)
        if first not in self.again:
            self.again[first] = await self.read(pushes)
        return self.again[first]

    async def read(self, pushes: Sequence[Push]) -> list[News]:
        """One piece, or none: the number tells the pages that they have missed something."""
        try:
            return [await database_sync_to_async(live.news)(pushes)] if pushes else []
        except Error as error:
            log.warning("The database is away: %s", type(error).__name__)
            return []

    def leave(self, send: Send) -> None:
        self.sockets.discard(send)

    @property
    def watching(self) -> int:
        heard_since = asyncio.get_running_loop().time() - GONE
        self.others = {name: (count, heard) for name, (count, heard) in self.others.items() if heard > heard_since}
        return len(self.sockets) + sum(count for count, _ in self.others.values())

    def state(self) -> dict[str, Any]:
        """The day, for a page of yesterday's points to notice that it is over."""
        return {"number": self.number, "watching": self.watching, "day": figures.of_day(timezone.now())}

    async def listen(self) -> None:
        while True:
            try:
                await self.listen_on()
            except AWAY as error:
                log.warning("Redis is away, nothing is heard: %s", type(error).__name__)
            except Exception:  # whatever it was, spectators are to hear the next thing
                log.exception("Nothing is heard for a moment")
            await asyncio.sleep(1)

    async def listen_on(self) -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(live.GROUP, channel)
        self.listening.set()
        while True:
            self.hear(await layer.receive(channel))

    def hear(self, message: dict[str, Any]) -> None:
        kind = message.pop("type")
        if kind == "count" and message["process"] != self.name:
            self.others[message["process"]] = (message["count"], asyncio.get_running_loop().time())
        elif kind == "push":
            self.waiting.append(message)
            if len(self.waiting) == 1:
                self.run(self.pass_on())

    async def pass_on(self) -> None:
        await asyncio.sleep(self.sent_at + PAUSE - asyncio.get_running_loop().time())
        self.sent_at = asyncio.get_running_loop().time()
        pushes, self.waiting = self.waiting, []
        about = [push for push in pushes if push["duel"] is not None]
        async with self.telling:
            news = await self.read(about)
            self.kept.extend(about)
            self.again_until = 0.0
            self.number = max(self.number, *(push["number"] for push in pushes))
            await self.tell_all({**self.state(), "news": news})

    async def beat_on(self) -> None:
        while True:
            try:
                await self.beat()
            except Exception:  # whatever it was, the next beat may do better
                log.exception("A beat is left out")
            await asyncio.sleep(BEAT)

    async def beat(self) -> None:
        try:
            self.number = max(self.number, await database_sync_to_async(live.number)())
        except Error as error:
            log.warning("The database is away: %s", type(error).__name__)
        await self.say_count()
        await self.tell_all({**self.state(), "news": []})

    async def say_count(self) -> None:
        tallies.watch("spectators", len(self.sockets))
        try:
            async with asyncio.timeout(live.PATIENCE):
                count = {"type": "count", "process": self.name, "count": len(self.sockets)}
                await get_channel_layer().group_send(live.GROUP, count)
        except AWAY as error:
            log.warning("Redis is away, nobody hears how many watch here: %s", type(error).__name__)

    async def tell_all(self, message: dict[str, Any]) -> None:
        said = text(message)
        for send in list(self.sockets):
            try:
                await send(said)
            except Exception:  # whatever is wrong with one socket, the others are to hear it
                log.exception("A spectator could not be told")
                self.leave(send)


hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub_here() -> Hub:
    loop = asyncio.get_running_loop()
    if loop not in hubs:
        hubs[loop] = Hub()
        hubs[loop].start()
    return hubs[loop]


async def left(hub: Hub, send: Send) -> None:
    """With the last one the hub goes: nobody has to be told anything."""
    hub.leave(send)
    loop = asyncio.get_running_loop()
    if not hub.sockets and hubs.get(loop) is hub:
        del hubs[loop]
        await hub.stop()


async def watch(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
    """What spectators say is not listened to."""
    await receive()
    await send({"type": "websocket.accept"})
    hub = hub_here()
    try:
        await hub.join(send, last_seen(scope))
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        await left(hub, send)


def last_seen(scope: dict[str, Any]) -> int | None:
    """The number of the page that opens the socket."""
    after = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    return int(after) if after.isascii() and after.isdecimal() and len(after) < 16 else None


def text(message: dict[str, Any]) -> dict[str, Any]:
    return {"type": "websocket.send", "text": json.dumps(message, ensure_ascii=False, separators=(",", ":"))}
