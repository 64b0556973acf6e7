import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.botapi.calls import Call, read, validate
from tests.botapi.chats import Chat, Chats, Json
from tests.botapi.delivery import Delivered, Delivery
from tests.botapi.faults import Fault
from tests.botapi.methods import METHODS
from tests.botapi.refused import Refused, bad
from tests.botapi.setup import Setup

TOKEN = "1234567:test-token"
LONGEST_LINE = 1_000_000  # telebot puts whole messages into the query
Result = TypeVar("Result")


class BotApi:
    """Runs in a thread of its own, and touches what it keeps there alone."""

    def __init__(self, token: str = TOKEN, username: str = "emotion_duel_test_bot", port: int = 0) -> None:
        self.token, self.username, self.port = token, username, port
        self.bot = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "EmotionDuel", "username": username}
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.answers: dict[str, Json | None] = {}  # to callback queries; None: not yet
        self.chats, self.setup = Chats(self.bot), Setup()
        self.people = count(5_000_001)
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self._run, name="botapi", daemon=True)
        self.ready, self.stopping = Event(), asyncio.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        self.thread.start()
        assert self.ready.wait(30), "the Bot API double did not start"

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(30)

    @property
    def url(self) -> str:
        """For TELEGRAM_API_URL."""
        return f"http://127.0.0.1:{self.port}"

    # What a test changes, and what it looks at.

    def fail(self, method: str = "", **fields: Any) -> Fault:
        fault = Fault(method, **fields)
        self.faults.append(fault)
        return fault

    def hold(self) -> None:
        """Keeps updates back, as when the bot cannot be reached."""
        self.do(setattr, self.delivery, "held", True)

    def release(self) -> None:
        self.do(setattr, self.delivery, "held", False)
        self.do(self.delivery.look)

    def sends(self, order: str = "kept", copies: int = 1) -> None:
        """How updates reach the webhook from now on: "kept", "shuffled" or "reversed", and how many times each."""
        self.delivery.order, self.delivery.copies = order, copies

    @property
    def refusals(self) -> list[str]:
        """What the bot got wrong: nothing that the test had fail, and nothing that happens to a good bot."""
        wrong = (call for call in self.calls if call.refused and call.method != "getUpdates" and not excused(call))
        return [f"{call.method} {call.status} {call.description}: {call.params}" for call in wrong]

    @property
    def deliveries(self) -> list[Delivered]:
        return list(self.delivery.deliveries)

    @property
    def pending(self) -> int:
        return len(self.delivery.pending)

    def called(self, method: str, chat: int | None = None) -> list[Call]:
        return [each for each in list(self.calls) if each.method == method and chat in (None, each.chat)]

    def wait_delivered(self, within: float = 10.0) -> None:
        end = time.monotonic() + within
        while self.pending:
            assert time.monotonic() < end, f"{self.pending} updates not taken: {self.delivery.last_error}"
            time.sleep(0.02)

    def do(self, function: Callable[..., Result], *args: Any) -> Result:
        """Calls it in the server's thread."""
        done: Future[Result] = Future()

        def run() -> None:
            try:
                done.set_result(function(*args))
            except BaseException as error:  # noqa: BLE001 (the caller's, in the other thread)
                done.set_exception(error)

        self.loop.call_soon_threadsafe(run)
        return done.result(30)

    def new_chat(self, about: Json, started: bool = False) -> Chat:
        chat = Chat(about["id"], about, started)
        self.chats.by_id[chat.chat_id] = chat
        return chat

    # The server.

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    async def _serve(self) -> None:
        self.delivery = Delivery()
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        runner = web.AppRunner(
            app, access_log=None, max_line_size=LONGEST_LINE, handler_cancellation=True, shutdown_timeout=0.1
        )
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        self.port = runner.addresses[0][1]
        self.ready.set()
        await self.stopping.wait()
        await self.delivery.stop()
        await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            return web.json_response(Refused(401, "Unauthorized").body, status=401)
        try:
            call = await read(request)
        except Refused as refused:
            call = Call(request.match_info["method"], {}, status=refused.code, description=refused.description)
            self.calls.append(call)
            return web.json_response(refused.body, status=refused.code)
        self.calls.append(call)
        return await self._carry_out(request, call)

    async def _carry_out(self, request: web.Request, call: Call) -> web.Response:
        fault: Fault | None = None
        try:
            validate(call)
            fault = next((each for each in self.faults if each.meets(call)), None)
            await self._go_wrong(request, call, fault, done=False)
            call.result = await self._perform(call)
            await self._go_wrong(request, call, fault, done=True)
        except Refused as refused:
            call.status, call.description = refused.code, refused.description
            if fault and fault.garbled:
                return web.Response(text="<html>Bad Gateway</html>", status=refused.code, content_type="text/html")
            return web.json_response(refused.body, status=refused.code)
        call.status = 200
        return web.json_response({"ok": True, "result": call.result})

    async def _go_wrong(self, request: web.Request, call: Call, fault: Fault | None, done: bool) -> None:
        if fault is None or fault.done is not done:
            return
        fault.take(call)
        await asyncio.sleep(fault.slow)
        if fault.silent and request.transport:
            request.transport.abort()
            raise asyncio.CancelledError
        if fault.code:
            raise fault.refusal

    async def _perform(self, call: Call) -> Any:
        own = {
            "getMe": lambda params: self.bot,
            "answerCallbackQuery": self._answer_query,
            "setWebhook": self.delivery.set_webhook,
            "deleteWebhook": self.delivery.delete_webhook,
            "getWebhookInfo": self.delivery.webhook_info,
            **self.setup.methods,
        }
        if call.method == "getUpdates":
            return await self.delivery.get_updates(call.params)
        if call.method in own:
            return own[call.method](call.params)
        if call.method not in METHODS:
            raise Refused(501, f"This double does not know {call.method}: teach it")
        return METHODS[call.method](self.chats, call)

    def _answer_query(self, params: Json) -> bool:
        query = params["callback_query_id"]
        if self.answers.get(query, params) is not None:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(params.get("text") or "") > 200:
            raise bad("MESSAGE_TOO_LONG")
        self.answers[query] = params
        return True

    async def _download(self, request: web.Request) -> web.Response:
        file = self.chats.files.by_path.get(request.match_info["path"])
        call = Call("download", {"path": request.match_info["path"]}, status=200)
        self.calls.append(call)
        fault = next((each for each in self.faults if each.method == "download" and each.meets(call)), None)
        try:
            await self._go_wrong(request, call, fault, done=False)
        except Refused as refused:
            call.status = refused.code
            return web.json_response(refused.body, status=refused.code)
        if file is None or request.match_info["token"] != self.token:
            call.status = 404
            return web.json_response(Refused(404, "Not Found").body, status=404)
        return web.Response(body=file.data, content_type="application/octet-stream")


def excused(call: Call) -> bool:
    """A person may have blocked the bot or have waited long; an edit may have been sent before."""
    late = "query is too old" in call.description
    return call.status == 403 or late
