"""Sockets and processes of spectators, with a Redis of the machine's own."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from redis import Redis

from duels import live, spectators
from duels.models import LiveCounter
from duels.spectators import Hub
from emotionduel.asgi import application
from tests import redis

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(redis.program() is None, reason="redis-server is not installed"),
]
Story = Callable[[], Awaitable[None]]
ORIGIN = [(b"origin", b"http://localhost")]


@pytest.fixture(autouse=True)
def redis_url(settings: Any) -> Iterator[str]:
    with redis.server() as url:
        layer = settings.CHANNEL_LAYERS["default"]
        settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": {"hosts": [url], "prefix": "live"}}}
        live.quiet_until = 0.0
        yield url


def told(story: Story) -> None:
    """In a thread with database connections of its own, as a web process has them."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, within_a_minute(story)).result()


async def within_a_minute(story: Story) -> None:
    await asyncio.wait_for(story(), 60)


class Socket(WebsocketCommunicator):
    def __init__(self, after: str = "0", headers: Any = ORIGIN) -> None:
        super().__init__(application, f"/ws/live/?after={after}", headers=headers)

    async def hears(self) -> dict[str, Any]:
        return dict(json.loads(await self.receive_from(timeout=20)))

    async def hears_pushes(self) -> list[int]:
        while not (message := await self.hears())["news"]:
            pass
        return numbers(message)

    async def hears_watching(self, count: int) -> None:
        while (await self.hears())["watching"] != count:
            pass


async def opened() -> Socket:
    socket = Socket()
    connected, _ = await socket.connect(timeout=10)
    assert connected
    await spectators.hub_here().listening.wait()
    await asyncio.sleep(0.2)  # Redis has been asked, and has its say
    return socket


async def closed(*sockets: Socket) -> None:
    for socket in sockets:
        await socket.disconnect()
    assert not spectators.hubs


def push(number: int) -> dict[str, Any]:
    return {"type": "push", "number": number, "duel": 0}


def numbers(message: dict[str, Any]) -> list[int]:
    return [number for news in message["news"] for number in news["numbers"]]


def test_what_a_worker_says_every_socket_hears() -> None:
    async def story() -> None:
        ann, bob = await opened(), await opened()
        live.send(push(7))
        assert (await ann.hears_pushes(), await bob.hears_pushes()) == ([7], [7])
        await closed(ann, bob)

    told(story)


def test_what_comes_together_is_passed_on_together_and_in_order() -> None:
    async def story() -> None:
        ann = await opened()
        live.send(push(1))
        assert await ann.hears_pushes() == [1]
        for number in (3, 2, *range(4, 31)):
            live.send(push(number))
        found: list[int] = []
        messages = 0
        while len(found) < 29:
            found += await ann.hears_pushes()
            messages += 1
        assert found == list(range(2, 31))
        assert messages <= 3
        await closed(ann)

    told(story)


def test_who_comes_a_little_late_hears_what_the_page_did_not_know() -> None:
    async def story() -> None:
        ann = await opened()
        for number in range(1, 6):
            live.send(push(number))
        while 5 not in await ann.hears_pushes():
            pass
        late = Socket(after="3")
        await late.connect()
        message = await late.hears()
        assert ({4, 5} <= set(numbers(message)), message["number"]) == (True, 5)
        await closed(ann, late)

    told(story)


def test_the_current_number_is_said_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spectators, "BEAT", 0.1)
    LiveCounter.objects.create(pk=live.ONLY, number=41)

    async def story() -> None:
        ann = await opened()
        while (await ann.hears())["number"] != 41:
            pass
        await database_sync_to_async(live.next_number)()
        while (await ann.hears())["number"] != 42:
            pass
        await closed(ann)

    told(story)


def test_who_watches_is_counted_over_all_processes_and_forgotten_with_a_dead_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spectators, "BEAT", 0.2)
    monkeypatch.setattr(spectators, "GONE", 1.0)

    async def nowhere(message: dict[str, Any]) -> None:
        pass

    async def story() -> None:
        ann, bob = await opened(), await opened()
        await ann.hears_watching(2)
        other = Hub()
        other.start()
        await other.join(nowhere, None)
        await ann.hears_watching(3)
        while other.watching != 3:
            await asyncio.sleep(0.05)
        for task in other.tasks:  # as if it were killed: it says no goodbye
            task.cancel()
        await ann.hears_watching(2)
        await closed(ann, bob)

    told(story)


def test_a_connection_to_redis_that_broke_is_made_anew(redis_url: str) -> None:
    async def story() -> None:
        ann = await opened()
        with Redis.from_url(redis_url) as server:
            server.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        for number in range(1, 100):  # what is said while it is broken is lost: the number tells
            live.send(push(number))
            await asyncio.sleep(0.1)
            if spectators.hub_here().waiting:
                break
        assert await ann.hears_pushes()
        await closed(ann)

    told(story)


def test_pages_of_other_sites_may_not_listen() -> None:
    async def story() -> None:
        connected, _ = await Socket(headers=[(b"origin", b"http://elsewhere.example")]).connect()
        assert not connected

    told(story)


@pytest.mark.parametrize("after", ["", "-1", "x", "9" * 400, "²"])
def test_a_senseless_number_is_none(after: str) -> None:
    scope = {"query_string": f"after={quote(after)}".encode()}
    assert spectators.last_seen(scope) is None


def test_a_socket_that_fails_is_left_and_the_others_hear() -> None:
    heard: list[dict[str, Any]] = []

    async def well(message: dict[str, Any]) -> None:
        heard.append(message)

    async def badly(message: dict[str, Any]) -> None:
        raise ConnectionError

    async def story() -> None:
        hub = Hub()
        hub.sockets = {badly, well}
        await hub.tell_all({"news": []})
        assert (len(heard), hub.sockets) == (1, {well})

    told(story)
