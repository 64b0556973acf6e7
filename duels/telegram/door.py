"""Where updates come in, by webhook or by poll: each is stored before Telegram hears that we have it."""

import logging
import math
from collections.abc import Mapping
from contextlib import nullcontext
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from duels import tallies, turns, wake
from duels.models import Update
from emotionduel import trail

log = logging.getLogger(__name__)

TELEGRAM = "https://api.telegram.org"
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")  # what we ask Telegram for
LARGEST_ID = 2**63 - 1
DEEPEST = 100  # levels of a message that quotes and forwards have a tenth of that


def by_webhook() -> bool:
    """Telegram calls public https addresses alone; a Bot API server of one's own calls any."""
    own = settings.TELEGRAM_API_URL != TELEGRAM
    url = urlsplit(settings.BASE_URL)
    public = url.scheme == "https" and url.hostname not in {"localhost", "127.0.0.1", "::1"}
    return bool(settings.TELEGRAM_BOT_TOKEN and settings.BASE_URL and (public or own))


def address() -> str:
    """Of the webhook."""
    return f"{settings.BASE_URL}/telegram/webhook/"


def understood(found: Any) -> bool:
    number = found.get("update_id") if isinstance(found, dict) else None
    whole = isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= LARGEST_ID
    return whole and not endless(found)


def endless(found: Any) -> bool:
    """Nested as no message is: to walk through it would use up the stack."""
    level = [found]
    for _ in range(DEEPEST):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
        ]
    return bool(level)


def store(found: Mapping[str, Any]) -> None:
    """Once, however often it comes."""
    update = Update(update_id=found["update_id"], sender=sender(found), payload=clean(bare(found)))
    fresh = True
    try:
        # One statement, which commits by itself. Within somebody's transaction a second one must not spoil the rest.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            update.save(force_insert=True)
    except IntegrityError:
        update, fresh = Update.objects.defer("payload").get(update_id=update.update_id), False
    with trail.on(update=update.update_id):
        if update.status == Update.Status.WAITING:
            wake.inbox(update.pk, update.tries)
        told(kind_of(found), fresh)


def kind_of(found: Mapping[str, Any]) -> str:
    return next((kind for kind in KINDS if kind in found), "other")


def told(kind: str, fresh: bool) -> None:
    tallies.count("updates_stored", kind, "new" if fresh else "again")
    log.info("received: %s" if fresh else "received again: %s", kind)


def sender(found: Mapping[str, Any]) -> int | None:
    parts = (found.get(kind) for kind in KINDS)
    who = next((part.get("from") for part in parts if isinstance(part, dict)), None)
    number = who.get("id") if isinstance(who, dict) else None
    return number if isinstance(number, int) and abs(number) <= LARGEST_ID else None


def clean(value: Any) -> Any:
    """As PostgreSQL can keep it: it knows neither NUL letters, nor halves of letters, nor infinite numbers."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {clean(name): clean(each) for name, each in value.items()}
    if isinstance(value, list):
        return [clean(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


# What a message quotes: somebody else's words, and we ask for none of them.
QUOTED = {"reply_to_message", "external_reply", "quote", "pinned_message", "contact", "location", "venue"}
PERSON = ("id", "is_bot", "language_code")
CHAT = ("id", "type")
PRESSED = ("message_id", "date", "chat")  # of the message under whose button: its text names others


DEEPEST = 20  # nothing of Telegram's is nested so deeply


def bare(update: Any, depth: int = 0) -> Any:
    """What is needed to act on it, and no more: neither names that Telegram gives, nor what a message quotes."""
    if depth > DEEPEST:
        return None
    if isinstance(update, list):
        return [bare(each, depth + 1) for each in update]
    if not isinstance(update, dict):
        return update
    return {name: part(name, each, depth + 1) for name, each in update.items()}


def part(name: str, value: Any, depth: int) -> Any:
    if not isinstance(value, dict):
        return bare(value, depth)
    if name in QUOTED or name.startswith("forward_"):
        return {}
    if name == "callback_query" and isinstance(value.get("message"), dict):
        message = value["message"]
        value = value | {"message": {key: message[key] for key in PRESSED if key in message}}
    if "is_bot" in value:
        return {key: value[key] for key in PERSON if key in value}
    if name in {"chat", "sender_chat"}:
        return {key: value[key] for key in CHAT if key in value}
    return bare(value, depth)


def keep_open(stop: Event | None = None) -> Thread | None:
    """For the process that serves the webhook: while it lives, the door counts as open."""
    return turns.keep_beating(turns.DOOR, stop) if by_webhook() else None
