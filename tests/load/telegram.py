"""Telegram on loopback, as cheap as can be: it answers every call at once, and notes who was told what, and when."""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote_plus

from aiohttp import web

TOKEN = "1234567:load-token"
BOT = {"id": 1234567, "is_bot": True, "first_name": "EmotionDuel", "username": "emotion_duel_load_bot"}
SENDS = ("sendMessage", "sendPhoto", "sendDocument")
# The same fields in the two kinds of forms that come.
CHAT = re.compile(rb'(?:^|&)chat_id=(\d+)|name="chat_id"\r\n(?:[^\r\n]+\r\n)*\r\n(\d+)')
WORDS = re.compile(rb'(?:^|&)(?:text|caption)=([^&]*)|name="caption"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', re.DOTALL)
DUEL = re.compile(rb"rematch(?::|%3A)(\w+)")


@dataclass(frozen=True)
class Told:
    """A message of the bot's, as it came in."""

    method: str
    chat: int
    text: str
    duel: str  # public id, where it is a result
    at: float  # seconds since 1970, as the database counts them


@dataclass
class Telegram:
    """Runs in a thread of its own. `listen` is called there with each message."""

    photos: list[bytes] = field(default_factory=list)
    listen: Callable[[Told], object] = lambda told: None
    token: str = TOKEN
    calls: Counter[str] = field(default_factory=Counter)
    received: int = 0  # bytes of bodies, the bot's calls
    sent: int = 0  # and our answers to them
    port: int = 0

    def __post_init__(self) -> None:
        self.numbers = count(1)
        self.loop = asyncio.new_event_loop()
        self.ready, self.stopping = Event(), asyncio.Event()
        self.thread = Thread(target=self._run, name="telegram", daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        assert self.ready.wait(60), "Telegram's place stays empty"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(30)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """In the server's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{number}.jpg", self._download)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self.port = runner.addresses[0][1]
        self.ready.set()
        await self.stopping.wait()
        await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        method, body = request.match_info["method"], await request.read()
        at = time.time()
        self.calls[method] += 1
        self.received += len(body)
        chat = int(next(filter(None, found.groups()))) if (found := CHAT.search(body)) else 0
        answer = json.dumps({"ok": True, "result": self._result(method, chat, body)}).encode()
        self.sent += len(answer)
        if chat:
            self.listen(told(method, chat, body, at))
        return web.Response(body=answer, content_type="application/json")

    def _result(self, method: str, chat: int, body: bytes) -> Any:
        if method == "getMe":
            return BOT
        if method == "getFile":
            number = body.rpartition(b"photo-")[2].partition(b"-")[0].partition(b"&")[0].decode()
            return {"file_id": "f", "file_unique_id": "u", "file_path": f"{number}.jpg"}
        if method in SENDS or method.startswith("edit"):
            about = {"id": chat, "type": "private"}
            sent = {"message_id": next(self.numbers), "date": int(time.time()), "chat": about, "from": BOT}
            return sent | {"photo": [{"file_id": f"AgAC-card-{sent['message_id']}"}]} if method == "sendPhoto" else sent
        return True

    async def _download(self, request: web.Request) -> web.Response:
        body = self.photos[int(request.match_info["number"]) % len(self.photos)]
        self.calls["download"] += 1
        self.sent += len(body)
        return web.Response(body=body, content_type="application/octet-stream")


def told(method: str, chat: int, body: bytes, at: float) -> Told:
    words, duel = WORDS.search(body), DUEL.search(body)
    text = ""
    if words:
        text = unquote_plus(words[1].decode()) if words[1] is not None else words[2].decode(errors="replace")
    return Told(method, chat, text, duel[1].decode() if duel else "", at)
