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

from accounts import services
from accounts.models import Player
from duels import live, spectators, tallies
from duels.models import LiveCounter
from duels.spectators import Hub
from duels.tests.world import played
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


def push(number: int, duel: int | None = 0) -> dict[str, Any]:
    return {"type": "push", "number": number, "duel": duel}


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
        assert set(await late.hears_pushes()) == {4, 5}
        await closed(ann, late)

    told(story)


def test_a_number_without_a_duel_is_said_but_not_told_of() -> None:
    """So pages miss it, and look anew."""

    async def story() -> None:
        ann = await opened()
        for each in (push(1), push(2, None), push(3)):
            live.send(each)
        while (message := await ann.hears())["number"] != 3:
            pass
        assert set(numbers(message)) <= {1, 3}
        late = Socket(after="0")
        await late.connect()
        assert await late.hears_pushes() == [1, 3]
        await closed(ann, late)

    told(story)


def test_who_comes_late_hears_nothing_of_who_has_left_meanwhile(ann: Player, bob: Player) -> None:
    duel = played(ann, 80, bob, 40)
    heard: list[str] = []

    async def hears(message: dict[str, Any]) -> None:
        heard.append(message["text"])

    async def story() -> None:
        hub = Hub()
        hub.waiting = [push(7, duel.pk)]
        await hub.pass_on()
        await hub.join(hears, 6)
        hub.again_until = 0.0  # a second later
        await database_sync_to_async(services.change_setting)(bob, services.Setting.ON_LEADERBOARD, False)
        await hub.join(hears, 6)

    told(story)
    assert [("Ann" in text, "Bob" in text) for text in heard] == [(True, True), (True, False)]


def test_many_who_come_late_cost_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def news(pushes: Any) -> dict[str, Any]:
        read.append(len(pushes))
        return {"numbers": [each["number"] for each in pushes], "duels": [], "rows": []}

    async def hears(message: dict[str, Any]) -> None:
        pass

    async def story() -> None:
        hub = Hub()
        hub.kept.extend(push(number) for number in (1, 3, 2))
        for after in (0, 0, 2, None, 3, 2):
            await hub.join(hears, after)

    monkeypatch.setattr(live, "news", news)
    told(story)
    assert read == [3, 1]


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


def test_metrics_are_told_how_many_watch_here_and_when_none_does_any_more() -> None:
    async def story() -> None:
        ann, bob = await opened(), await opened()
        await spectators.hub_here().say_count()
        assert tallies.carrier().now["spectators"] == 2
        await closed(ann, bob)
        while tallies.carrier().now["spectators"]:
            await asyncio.sleep(0.05)

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


def test_a_socket_that_fails_at_once_is_not_counted() -> None:
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["type"])
        if message["type"] == "websocket.send":
            raise ConnectionError

    async def story() -> None:
        with pytest.raises(ConnectionError):
            await spectators.watch({"query_string": b""}, receive, send)
        assert (sent, len(spectators.hubs)) == (["websocket.accept", "websocket.send"], 0)

    told(story)


def test_a_process_goes_on_listening_and_beating_whatever_went_wrong(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(spectators, "BEAT", 0.1)
    monkeypatch.setattr(live, "number", lambda: int("what nobody has foreseen"))

    async def story() -> None:
        ann = await opened()
        live.send({"type": "count", "nonsense": True})
        live.send(push(0))
        for number in range(3, 100):  # what is said while it begins anew is lost: the number tells
            live.send(push(number))
            await asyncio.sleep(0.1)
            if "Nothing is heard" in caplog.text and spectators.hub_here().waiting:
                break
        assert await ann.hears_pushes()
        assert "A beat is left out" in caplog.text
        await closed(ann)

    told(story)
