"""One update, one call into lobby, play or accounts; in the update's transaction, so no word to Telegram from here."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from accounts import services
from accounts.models import Player
from accounts.refusals import Refusal as AccountRefusal
from accounts.refusals import Refused
from duels import cases, lobby, notices, play
from duels.rooms import CODE_LETTERS
from duels.telegram import commands, photos, presses
from duels.telegram.answers import Answer

Json = Mapping[str, Any]
COMMAND = re.compile(r"/([A-Za-z0-9_]+)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
CODE = re.compile(rf"[{CODE_LETTERS}]{{6}}", re.IGNORECASE)


def dispatch(update: Json) -> None:
    if message := update.get("message"):
        on_message(message)
    elif query := update.get("callback_query"):
        on_press(query)
    elif change := update.get("my_chat_member"):
        on_membership(change)
    elif edited := update.get("edited_message"):
        on_edit(edited)


def press_of(update: Json) -> str | None:
    """The pressed button that still turns its spinner."""
    query = update.get("callback_query")
    return query["id"] if query else None


def on_message(message: Json) -> None:
    sender, chat = message.get("from"), message["chat"]
    if not sender or sender.get("is_bot"):
        return
    if chat["type"] != "private":
        in_group(sender, chat["id"], message.get("text") or "")
        return
    player = entered(sender)
    with refusals(player):
        if photos.has_file(message):
            play.submit_photo(player, photos.photo_of(message))
        elif text := message.get("text"):
            on_text(player, text)
        elif not photos.is_service(message):
            notices.answer(player, Answer.LOST)


def entered(sender: Json) -> Player:
    player, fresh = services.enter(sender["id"], sender.get("language_code") or "")
    if fresh:
        cases.taken_over(player)
    return player


@contextmanager
def refusals(player: Player) -> Iterator[None]:
    """What was refused is told in the same transaction; consent that lacks is asked for."""
    try:
        yield
    except Refused as refused:
        if refused.reason is AccountRefusal.CONSENT_NEEDED:
            commands.welcome(player)
        else:
            notices.refuse(player, refused)


def on_text(player: Player, text: str) -> None:
    found = COMMAND.fullmatch(text.strip())
    if found:
        run(player, found[1].lower(), (found[2] or "").strip())
    elif CODE.fullmatch(text.strip()):
        commands.join(player, text)
    else:
        notices.answer(player, Answer.LOST)


def run(player: Player, name: str, words: str) -> None:
    command = commands.COMMANDS.get(name)
    if command is None:
        notices.answer(player, Answer.UNKNOWN_COMMAND)
    else:
        command(player, words)


def in_group(sender: Json, chat: int, text: str) -> None:
    """Faces are nobody's business in a group: there we only show the way to the private chat."""
    found = COMMAND.fullmatch(text.strip())
    if found and found[1].lower() in commands.COMMANDS:
        player = entered(sender)
        notices.tell(player, notices.Kind.ANSWER, chat_id=chat, answer=Answer.GROUP, about={})


def on_press(query: Json) -> None:
    message = query.get("message") or {}
    chat = message.get("chat") or {}
    if not query.get("data") or query["from"].get("is_bot") or chat.get("type", "private") != "private":
        return
    player = entered(query["from"])
    verb, *words = query["data"].split(":")
    with refusals(player):
        presses.press(player, verb, words, message.get("message_id"))


def on_membership(change: Json) -> None:
    """Blocked or let in again; what happens in groups is of no matter."""
    if change["chat"]["type"] != "private":
        return
    if change["new_chat_member"]["status"] == "kicked":
        player = Player.objects.filter(telegram_id=change["from"]["id"], unreachable_at=None).first()
        if player is not None:
            lobby.unreachable(player)
    else:
        entered(change["from"])


def on_edit(message: Json) -> None:
    """An edited picture is no new one: its date is the old message's."""
    sender = message.get("from")
    if sender and message["chat"]["type"] == "private" and photos.has_file(message):
        notices.answer(entered(sender), Answer.EDITED)
