"""Who talks to the bot in tests: types, presses, sends pictures, and sees what a person would see."""

import re
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.botapi.chats import Chat, Json, Message
from tests.botapi.server import BotApi
from tests.botapi.shown import Shown

WITHIN = 10.0  # seconds that a test waits for the bot


class Person:
    def __init__(self, api: BotApi, name: str, language: str | None = "en") -> None:
        self.api, self.id = api, next(api.people)
        self.user: Json = {"id": self.id, "is_bot": False, "first_name": name}
        self.user |= {"language_code": language} if language else {}
        about = {"id": self.id, "type": "private", "first_name": name}
        self.chat: Chat = api.do(api.new_chat, about)
        self.queries: list[str] = []
        self.seen: set[tuple[int, int]] = set()  # (message, version) that a test has asked for

    # What a person does. Each gives the update's id, or None where the bot hears nothing of it.

    def types(self, text: str, **more: Any) -> int | None:
        entities: Json = {}
        if command := re.match(r"/\w+(@\w+)?", text):
            entities = {"entities": [{"type": "bot_command", "offset": 0, "length": command.end()}]}
        return self.sends({"text": text} | entities, **more)

    def opens(self, link: str) -> int | None:
        """A link to the bot, such as t.me/bot?start=code: Telegram shows a Start button, and the person presses it."""
        start = parse_qs(urlsplit(link).query).get("start", [""])[0]
        assert self.api.username in link, f"{link} leads to another bot"
        return self.types(f"/start {start}".strip())

    def sends_photo(self, data: bytes, caption: str = "", **more: Any) -> int | None:
        body = {"photo": self.api.do(self.api.chats.files.add_photo, data)}
        return self.sends(body | ({"caption": caption} if caption else {}), **more)

    def sends_album(self, photos: Sequence[bytes], **more: Any) -> list[int | None]:
        album = {"media_group_id": str(secrets.randbits(50))}
        add = self.api.chats.files.add_photo
        return [self.sends({"photo": self.api.do(add, data)} | album, **more) for data in photos]

    def sends_file(self, data: bytes, name: str = "face.jpg", mime: str = "image/jpeg", **more: Any) -> int | None:
        file = self.file(data)
        return self.sends({"document": file | {"file_name": name, "mime_type": mime}}, **more)

    def sends_video_note(self, data: bytes, seconds: int = 3, **more: Any) -> int | None:
        return self.sends({"video_note": self.file(data) | {"length": 240, "duration": seconds}}, **more)

    def sends_sticker(self, **more: Any) -> int | None:
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self.sends({"sticker": self.file(b"sticker") | shape}, **more)

    def file(self, data: bytes) -> Json:
        file = self.api.do(self.api.chats.files.add, data)
        return {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": len(data)}

    def sends(
        self, body: Json, chat: Chat | None = None, reply_to: Shown | None = None, date: float | None = None
    ) -> int | None:
        """`date`: when Telegram got it, where that is not now."""
        chat = chat or self.chat
        if reply_to is not None:
            body = body | {"reply_to_message": reply_to.json}
        return self.api.do(self._send, chat, body, date)

    def _send(self, chat: Chat, body: Json, date: float | None) -> int | None:
        if chat.private and chat.blocked:
            self._member(chat, "member")
        chat.started = True
        message = self.api.chats.add(chat, self.user, body, date)
        return self.api.delivery.add("message", message.now) if self._heard(chat, message) else None

    def _heard(self, chat: Chat, message: Message) -> bool:
        """In a group a bot hears commands and replies to itself alone."""
        answered = message.now.get("reply_to_message", {}).get("from", {}).get("id") == self.api.bot["id"]
        text = message.now.get("text", "")
        meant = text.startswith("/") and ("@" not in text.split()[0] or f"@{self.api.username}" in text)
        return chat.private or (not chat.blocked and (answered or meant))

    def presses(self, words: str, on: Shown | None = None, within: float = WITHIN) -> str:
        """The button that carries these words, on the newest message that has one. Gives the query's id."""
        shown = on or wait_for(
            lambda: self._newest_with(words), within, lambda: f"{self} finds no button {words!r}: {self.told()}"
        )
        return self.press_data(shown, shown.button(words))

    def press_data(self, shown: Shown, button: Json) -> str:
        """Anybody's button: Telegram would let strangers press one in a group, and a forged client everywhere."""
        assert "callback_data" in button, f"{button} is not for the bot"
        query = secrets.token_hex(8)
        self.api.answers[query] = None
        self.queries.append(query)
        message = shown.message.now if not shown.message.deleted else None
        body = {"id": query, "from": self.user, "chat_instance": str(self.id), "data": button["callback_data"]}
        self.api.do(self.api.delivery.add, "callback_query", body | ({"message": message} if message else {}))
        return query

    def _newest_with(self, words: str) -> Shown | None:
        lower = words.lower()
        return next((one for one in reversed(self.messages) if any(lower in b.lower() for b in one.buttons)), None)

    def blocks_bot(self) -> None:
        self.api.do(self._member, self.chat, "kicked")

    def unblocks_bot(self) -> None:
        self.api.do(self._member, self.chat, "member")

    def _member(self, chat: Chat, status: str) -> None:
        was, chat.blocked = "kicked" if chat.blocked else "member", status == "kicked"
        body = {"chat": chat.about, "from": self.user, "date": int(time.time())}
        old, new = (member(self.api.bot, each) for each in (was, status))
        self.api.delivery.add("my_chat_member", body | {"old_chat_member": old, "new_chat_member": new})

    # What a person sees.

    @property
    def messages(self) -> list[Shown]:
        return messages(self.chat)

    @property
    def last(self) -> Shown:
        assert self.messages, f"{self} has heard nothing"
        return self.messages[-1]

    def sees(self, words: str | re.Pattern[str], within: float = WITHIN) -> Shown:
        """A message that says this, as it was sent or edited; the next call finds another one."""
        found = wait_for(
            lambda: self._unseen(words), within, lambda: f"{self} does not see {words!r} but:\n{self.told()}"
        )
        self.seen.add((found.id, found.version))
        return found

    def _unseen(self, words: str | re.Pattern[str]) -> Shown | None:
        shown = (one for one in versions(self.chat) if (one.id, one.version) not in self.seen)
        return next((one for one in shown if says(one, words)), None)

    def toast(self, query: str = "", within: float = WITHIN) -> str:
        """What the bot answered to a button; "" where it only said that it has heard."""
        query = query or self.queries[-1]
        answer = wait_for(lambda: self.api.answers[query], within, lambda: f"{self}'s button was not answered")
        return str(answer.get("text") or "")

    def picture(self, shown: Shown) -> bytes:
        return self.api.chats.files.known(shown.photo).data

    def told(self) -> str:
        return "\n".join(f"  {one.id}.{one.version} {one}" for one in versions(self.chat)) or "  nothing"

    def __repr__(self) -> str:
        return str(self.user["first_name"])


class Group:
    """A group that the bot was added to."""

    def __init__(self, api: BotApi, title: str = "Friends") -> None:
        self.id = -next(api.people)
        self.chat: Chat = api.do(api.new_chat, {"id": self.id, "type": "group", "title": title}, True)

    @property
    def messages(self) -> list[Shown]:
        return messages(self.chat)


def member(user: Json, status: str) -> Json:
    return {"user": user, "status": status} | ({"until_date": 0} if status == "kicked" else {})


def messages(chat: Chat) -> list[Shown]:
    """The bot's, as they are now."""
    kept = [each for each in list(chat.messages.values()) if each.by_bot and not each.deleted]
    return [Shown(each, len(each.versions) - 1) for each in kept]


def versions(chat: Chat) -> list[Shown]:
    """The bot's, as they were sent and edited, those that it has deleted since too."""
    return [Shown(each, v) for each in list(chat.messages.values()) if each.by_bot for v in range(len(each.versions))]


def says(shown: Shown, words: str | re.Pattern[str]) -> bool:
    if isinstance(words, re.Pattern):
        return words.search(shown.text) is not None
    return words.lower() in shown.text.lower()


def wait_for(look: Callable[[], Any], within: float, complaint: Callable[[], str]) -> Any:
    end = time.monotonic() + within
    while (found := look()) is None:
        if time.monotonic() > end:
            raise AssertionError(complaint())
        time.sleep(0.02)
    return found
