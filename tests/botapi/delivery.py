"""From persons to the bot: updates go to the webhook until it takes them, or wait for getUpdates."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp
from aiogram.types import Update

from tests.botapi.calls import unknown_fields
from tests.botapi.chats import Json
from tests.botapi.limits import check_webhook
from tests.botapi.refused import Refused

ASKED_FOR = {"chat_member", "message_reaction", "message_reaction_count"}  # not sent unless the bot names them
PATIENCE = 10.0


@dataclass(frozen=True)
class Delivered:
    update_id: int
    status: int | None  # None: no answer
    at: float = field(default_factory=time.monotonic)


class Delivery:
    def __init__(self) -> None:
        self.url = self.secret = ""
        self.allowed: list[str] = []
        self.max_connections = 40
        self.last_error: Json = {}
        # What a test may change: who talks to a bot cannot.
        self.order = "kept"  # or "shuffled", "reversed"
        self.copies = 1
        self.retry_seconds = 0.2
        self.held = False
        self.deliveries: list[Delivered] = []
        self.updates: dict[int, Json] = {}  # all there ever were

        self.numbers = count(random.randrange(1000, 100_000_000))
        self.pending: dict[int, Json] = {}
        self.busy: dict[int, asyncio.Task[None]] = {}
        self.polls = 0
        self.changed = asyncio.Event()
        self.client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE))

    def add(self, kind: str, body: Json) -> int | None:
        """Its update_id; None where the bot has said that it does not want such ones."""
        if kind not in self.allowed if self.allowed else kind in ASKED_FOR:
            return None
        number = next(self.numbers)
        update: Json = {"update_id": number, kind: body}
        strange = unknown_fields(Update.model_validate(update))
        assert not strange, f"Telegram sends no {strange}"
        self.pending[number] = self.updates[number] = update
        self.look()
        return number

    def look(self) -> None:
        """Starts what can be delivered now."""
        self.changed.set()
        waiting = [number for number in self.pending if number not in self.busy]
        if self.order == "reversed":
            waiting.reverse()
        elif self.order == "shuffled":
            random.shuffle(waiting)
        free = self.max_connections - len(self.busy) if self.url and not self.held else 0
        for number in waiting[: max(free, 0)]:
            self.busy[number] = asyncio.create_task(self.deliver(self.pending[number]))

    async def deliver(self, update: Json) -> None:
        number, pause = update["update_id"], self.retry_seconds
        try:
            while self.url and not self.held and number in self.pending:
                taken = await asyncio.gather(*(self.post(update) for _ in range(self.copies)))
                if all(taken):
                    self.pending.pop(number, None)
                    return
                await asyncio.sleep(pause)
                pause = min(2 * pause, 2.0)
        finally:
            del self.busy[number]
            self.look()

    async def post(self, update: Json) -> bool:
        status, head = None, {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            async with self.client.post(self.url, json=update, headers=head, allow_redirects=False) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.failed(f"Connection failed: {type(error).__name__}")
        else:
            if not 200 <= status < 300:
                self.failed(f"Wrong response from the webhook: {status} {answer.reason}")
        self.deliveries.append(Delivered(update["update_id"], status))
        return status is not None and 200 <= status < 300

    def failed(self, words: str) -> None:
        self.last_error = {"last_error_date": int(time.time()), "last_error_message": words}

    def set_webhook(self, params: Json) -> bool:
        if not params["url"]:
            return self.delete_webhook(params)
        check_webhook(params)
        self.url, self.secret = params["url"], params.get("secret_token") or ""
        self.max_connections = params.get("max_connections", 40)
        self.listen(params)
        self.look()
        return True

    def delete_webhook(self, params: Json) -> bool:
        self.url = self.secret = ""
        self.listen(params | {"allowed_updates": None})
        return True

    def listen(self, params: Json) -> None:
        """Without a new list the old one holds."""
        if params.get("allowed_updates") is not None:
            self.allowed = params["allowed_updates"]
        if params.get("drop_pending_updates"):
            self.pending.clear()

    def webhook_info(self, params: Json) -> Json:
        info = {"url": self.url, "has_custom_certificate": False, "pending_update_count": len(self.pending)}
        allowed = {"allowed_updates": self.allowed} if self.allowed else {}
        return info | allowed | ({"max_connections": self.max_connections} if self.url else {}) | self.last_error

    async def get_updates(self, params: Json) -> list[Json]:
        self.polls += 1
        mine, end = self.polls, time.monotonic() + params.get("timeout", 0)
        self.listen(params)
        self.confirm(params.get("offset") or 0)
        while True:
            self.check_polling(mine)
            found = [] if self.held else list(self.pending.values())[: params.get("limit") or 100]
            if found or time.monotonic() >= end:
                return found
            self.changed.clear()
            await wait(self.changed, end - time.monotonic())

    def confirm(self, offset: int) -> None:
        kept = sorted(self.pending)[offset:] if offset < 0 else [each for each in self.pending if each >= offset]
        self.pending = {number: self.pending[number] for number in kept}

    def check_polling(self, mine: int) -> None:
        if self.url:
            words = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise Refused(409, f"Conflict: {words}")
        if mine != self.polls:
            words = "terminated by other getUpdates request; make sure that only one bot instance is running"
            raise Refused(409, f"Conflict: {words}")

    async def stop(self) -> None:
        self.url = ""
        for task in list(self.busy.values()):
            task.cancel()
        await asyncio.gather(*self.busy.values(), return_exceptions=True)
        await self.client.close()


async def wait(event: asyncio.Event, seconds: float) -> Any:
    try:
        # Not the whole time: another poll that begins meanwhile ends this one.
        return await asyncio.wait_for(event.wait(), min(seconds, 0.2))
    except TimeoutError:
        return None
