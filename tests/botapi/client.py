"""The bot's side, for the tests of the double: telebot, bare HTTP calls, and a webhook that records."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from telebot.apihelper import ApiTelegramException
from telebot.types import InlineKeyboardButton, InlineKeyboardMarkup

from tests.botapi import BotApi
from tests.faces import draw_face, photo_bytes

Bot = Any  # a TeleBot: of all that it hands out its types say "or None"
FACE = photo_bytes(draw_face(0, "happiness", (640, 480)))


class Hook:
    """The bot's end: records what comes, and answers what the test wants."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, Any], str]] = []
        self.statuses: list[int] = []
        self.slow = 0.0
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                time.sleep(hook.slow)
                hook.got.append((body, self.headers.get("X-Telegram-Bot-Api-Secret-Token", "")))
                self.send_response(hook.statuses.pop(0) if hook.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook/"
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def ids(self) -> list[int]:
        return [body["update_id"] for body, _ in self.got]


def ask(api: BotApi, method: str, data: bytes | None = None, kind: str = "", query: str = "") -> dict[str, Any]:
    url = f"{api.url}/bot{api.token}/{method}{query and '?'}{query}"
    request = Request(url, data, {"Content-Type": kind} if kind else {})  # noqa: S310
    try:
        with urlopen(request) as answer:  # noqa: S310
            return dict(json.load(answer))
    except HTTPError as error:
        return dict(json.load(error))


def refusal(method: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(ApiTelegramException) as caught:
        method(*args, **more)
    return str(caught.value.description)


def heard(bot: Bot, offset: int | None = None, seconds: int = 0) -> list[Any]:
    return list(bot.get_updates(offset=offset, timeout=10, long_polling_timeout=seconds))


def button(**action: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Press", **action)]])
