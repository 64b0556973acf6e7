"""`/ws/mirror/` as a page meets it. In the process's place stands a double at its socket."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from duels.mirror import consumer
from duels.mirror.consumer import COOKIE, HEARD, MirrorConsumer, new_visitor, prompt_in, visitor_of
from duels.mirror.wire import FRAME_BYTES, Kind
from duels.tests.mirrors import double, socket_folder

Story = Callable[[Path], Coroutine[Any, Any, None]]


@pytest.fixture(autouse=True)
def data_dir(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(consumer, "RETRY", 0.02)
    with socket_folder() as folder:
        settings.DATA_DIR = folder
        yield folder / "mirror.sock"


def page(cookie: str | None = None) -> WebsocketCommunicator:
    headers = [(b"cookie", f"{COOKIE}={cookie or new_visitor()}".encode())]
    return WebsocketCommunicator(MirrorConsumer.as_asgi(), "/ws/mirror/", headers)


async def told(socket: WebsocketCommunicator) -> Any:
    return json.loads(await socket.receive_from(10))


async def closed(socket: WebsocketCommunicator) -> int:
    while (message := await socket.receive_output(10))["type"] != "websocket.close":
        pass
    return int(message["code"])


def test_prompts_and_frames_go_out_and_answers_come_back(data_dir: Path) -> None:
    async def story() -> None:
        async with double(data_dir) as mirror:
            socket = page()
            await socket.connect()
            assert (await mirror.hears())[0] is Kind.HELLO
            assert await mirror.hears() == (Kind.PROMPT, b"")
            await socket.send_to(text_data=json.dumps({"prompt": "anger with a smile"}))
            assert await mirror.hears() == (Kind.PROMPT, b"anger with a smile")
            await socket.send_to(bytes_data=b"\0\0\0\1frame")
            assert await mirror.hears() == (Kind.FRAME, b"\0\0\0\1frame")
            mirror.tells({"kind": "seen", "frame": 1, "box": None})
            assert await told(socket) == {"kind": "seen", "frame": 1, "box": None}
            await socket.disconnect()

    asyncio.run(story())


def test_while_the_process_is_away_the_page_is_told_and_it_comes_back_with_the_prompt(data_dir: Path) -> None:
    async def story() -> None:
        socket = page()
        await socket.connect()
        assert await told(socket) == {"kind": "away"}
        await socket.send_to(bytes_data=b"\0\0\0\1frame")
        await socket.send_to(text_data=json.dumps({"prompt": "joy"}))
        async with double(data_dir) as mirror:
            assert (await mirror.hears())[0] is Kind.HELLO
            assert await mirror.hears() == (Kind.PROMPT, b"joy")
            mirror.tells({"kind": "place", "place": 0})
            while (await told(socket))["kind"] == "away":
                pass
            mirror.dies()
            assert await told(socket) == {"kind": "away"}
        await socket.disconnect()

    asyncio.run(story())


def test_after_a_goodbye_it_does_not_knock_again(data_dir: Path) -> None:
    async def story() -> None:
        async with double(data_dir) as mirror:
            socket = page()
            await socket.connect()
            await mirror.hears()
            mirror.tells({"kind": "elsewhere"}, Kind.BYE)
            assert await told(socket) == {"kind": "elsewhere"}
            assert await closed(socket) == consumer.BYE
            assert len(mirror.writers) == 1

    asyncio.run(story())


@pytest.mark.parametrize("cookie", ["forged", f"{new_visitor()}x"], ids=["made up", "spoilt"])
def test_a_visitor_has_been_on_the_page(cookie: str) -> None:
    async def story() -> None:
        socket = page(cookie)
        await socket.connect()
        assert await closed(socket) == consumer.STRANGER

    asyncio.run(story())


def test_two_tabs_are_one_visitor() -> None:
    ours = new_visitor()
    header = [(b"cookie", f"other=1; {COOKIE}={ours}".encode())]
    assert visitor_of(header) == visitor_of(header) != visitor_of([(b"cookie", f"{COOKIE}={new_visitor()}".encode())])


def test_a_frame_has_a_size(data_dir: Path) -> None:
    async def story() -> None:
        async with double(data_dir) as mirror:
            socket = page()
            await socket.connect()
            await mirror.hears()
            await socket.send_to(bytes_data=bytes(FRAME_BYTES + 5))
            assert await closed(socket) == consumer.TOO_MUCH

    asyncio.run(story())


def test_a_flood_is_thinned_out_and_then_shut_out(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with double(data_dir) as mirror:
            socket = page()
            await socket.connect()
            await mirror.hears(), await mirror.hears()
            for _ in range(consumer.BORNE + 1):
                await socket.send_to(bytes_data=b"\0\0\0\1frame")
            assert await closed(socket) == consumer.TOO_MUCH
            assert mirror.heard.qsize() <= HEARD

    monkeypatch.setattr(time, "monotonic", lambda: 1.5)
    asyncio.run(story())


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ('{"prompt": "  a smile "}', "a smile"),
        ('{"prompt": "' + 300 * "a" + '"}', 120 * "a"),
        ('{"prompt": "\\ud800"}', "?"),
        ('{"prompt": 7}', ""),
        ("[]", ""),
        ("", ""),
        ("[" * 100_000, ""),
    ],
)
def test_whatever_a_page_says_becomes_a_prompt(text: str, prompt: str) -> None:
    assert prompt_in(text) == prompt


def test_pages_of_others_are_not_let_in(settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

    async def story() -> None:
        from emotionduel.asgi import application

        headers = [(b"origin", b"https://elsewhere.example"), (b"cookie", f"{COOKIE}={new_visitor()}".encode())]
        connected, _ = await WebsocketCommunicator(application, "/ws/mirror/", headers).connect(10)
        assert not connected

    asyncio.run(story())
