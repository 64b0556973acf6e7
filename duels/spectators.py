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
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import Error
from django.utils import timezone
from redis.exceptions import RedisError

from duels import live
from duels.rules import figures

log = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]

BEAT = 5.0
GONE = 2.4 * BEAT  # without a word of a process
PAUSE = 0.5  # between two messages with news
KEPT = 50  # pieces of news, for who comes a little later than the page was made
AWAY = (RedisError, OSError, TimeoutError)


class Hub:
    """All sockets of one process."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(8)
        self.sockets: set[Send] = set()
        self.others: dict[str, tuple[int, float]] = {}  # by process: how many watch there, and when it said so
        self.waiting: list[dict[str, Any]] = []  # pushes, as they were heard
        self.kept: deque[dict[str, Any]] = deque(maxlen=KEPT)  # news, as they were passed on
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
        missed = [news for news in self.kept if after is not None and news["numbers"][-1] > after]
        await send(text({**self.state(), "news": missed}))

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
        layer = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(live.GROUP, channel)
                self.listening.set()
                while True:
                    self.hear(await layer.receive(channel))
            except AWAY as error:
                log.warning("Redis is away, nothing is heard: %s", type(error).__name__)
                await asyncio.sleep(1)

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
        try:
            news = await database_sync_to_async(live.news)(pushes)
        except Error as error:  # the number tells the pages that they have missed something
            log.warning("The database is away: %s", type(error).__name__)
            return
        self.number = max(self.number, news["numbers"][-1])
        self.kept.append(news)
        await self.tell_all({**self.state(), "news": [news]})

    async def beat_on(self) -> None:
        while True:
            try:
                self.number = max(self.number, await database_sync_to_async(live.number)())
            except Error as error:
                log.warning("The database is away: %s", type(error).__name__)
            await self.say_count()
            await self.tell_all({**self.state(), "news": []})
            await asyncio.sleep(BEAT)

    async def say_count(self) -> None:
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
    await hub.join(send, last_seen(scope))
    try:
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
