"""Chats and their messages, as Telegram keeps them."""

import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.botapi.files import Files
from tests.botapi.refused import Refused, bad, forbidden

Json = dict[str, Any]


@dataclass
class Message:
    chat: int
    message_id: int
    by_bot: bool
    versions: list[Json]  # the last one is what is seen now
    deleted: bool = False
    keyboard: Json | None = None  # a reply keyboard, or its removal: it is no part of the message
    order: float = field(default_factory=time.monotonic)

    @property
    def now(self) -> Json:
        return self.versions[-1]

    @property
    def content(self) -> Json:
        """What an edit has to change."""
        return content(self.now)


@dataclass
class Chat:
    chat_id: int
    about: Json  # as it stands in messages
    started: bool = False  # the person has written to the bot, or the bot is in the group
    blocked: bool = False
    gone: bool = False
    migrated_to: int = 0
    messages: dict[int, Message] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)

    @property
    def private(self) -> bool:
        return self.about["type"] == "private"

    def check_reachable(self) -> None:
        if self.migrated_to:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, words, migrate_to_chat_id=self.migrated_to)
        if self.gone:
            raise forbidden("user is deactivated")
        if self.blocked:
            raise forbidden("bot was blocked by the user" if self.private else "bot was kicked from the group chat")
        if not self.started:
            raise forbidden("bot can't initiate conversation with a user")


class Chats:
    def __init__(self, bot: Json) -> None:
        self.bot = bot
        self.by_id: dict[int, Chat] = {}
        self.files = Files()
        self.numbers = count(1)

    def reachable(self, chat_id: Any) -> Chat:
        chat = self.by_id.get(chat_id)
        if chat is None:
            raise bad("chat not found")
        chat.check_reachable()
        return chat

    def message(self, params: Json, what: str) -> tuple[Chat, Message]:
        chat = self.reachable(params.get("chat_id"))
        message = chat.messages.get(params.get("message_id", 0))
        if message is None or message.deleted:
            raise bad(f"message {what} not found")
        return chat, message

    def add(self, chat: Chat, sender: Json, body: Json, date: float | None = None) -> Message:
        number = next(self.numbers)
        head = {"message_id": number, "date": int(date or time.time()), "chat": chat.about, "from": sender}
        message = Message(chat.chat_id, number, sender["id"] == self.bot["id"], [head | body])
        chat.messages[number] = message
        return message

    def edit(self, message: Message, body: Json) -> Json:
        """Replaces all content: what an edit leaves out, buttons too, is gone."""
        if not message.by_bot or message.keyboard:
            raise bad("message can't be edited")
        if body == message.content:
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message"
            )
        kept = {name: message.now[name] for name in ("message_id", "date", "chat", "from")}
        message.versions.append(kept | body | {"edit_date": int(time.time())})
        return message.now


def content(message: Json) -> Json:
    head = {"message_id", "date", "edit_date", "chat", "from", "reply_to_message"}
    return {name: value for name, value in message.items() if name not in head}
