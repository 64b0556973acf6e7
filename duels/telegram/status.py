"""How the bot is, for an operator."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import requests
from django.conf import settings
from django.db.models import Count

from duels import tallies, turns, wake
from duels.models import Notice, Update
from duels.telegram import bot, door, setup
from duels.telegram import webhook as webhook_door

log = logging.getLogger(__name__)

SECONDS = 5


def lines() -> Iterator[str]:
    yield f"Bot: @{bot.username()}"
    yield from webhook() if door.by_webhook() else ["Updates: fetched by `manage.py telegram poll`"]
    yield f"The door: {'open' if turns.door_open_since() else 'shut, nobody takes updates in'}"
    yield f"Inbox: {counted(Update)}"
    yield f"Outbox: {counted(Notice)}"
    for name in settings.RQ_QUEUES:
        yield f"Queue {name}: {queued(name)}"


def webhook() -> Iterator[str]:
    info = setup.webhook_info()
    yield f"Updates: to {info.get('url') or 'nowhere: run `manage.py telegram setup`'}"
    yield f"Not delivered yet: {info.get('pending_update_count', 0)}"
    if when := info.get("last_error_date"):
        day = datetime.fromtimestamp(int(str(when)), UTC)
        yield f"Last failure: {info.get('last_error_message')} ({day:%F %T} UTC)"


def counted(model: type[Update] | type[Notice]) -> str:
    rows = model.objects.order_by("status").values_list("status").annotate(Count("pk"))
    return ", ".join(f"{count} {status}" for status, count in rows) or "empty"


def queued(name: str) -> str:
    length = wake.length(name)
    return "Redis is away" if length is None else str(length)


def look_at_webhook() -> None:
    """For who must not wait for Telegram: what it says is kept for a while. A job; it needs no claim."""
    try:
        tallies.keep_webhook(setup.webhook_info())
    except bot.BotError as error:
        log.warning("Telegram does not say how the webhook is: %s", error)
        tallies.keep_webhook({"unknown": str(error)})


def knock() -> int | None:
    """What the webhook's address says to who knows the secret, and brings no update. None: it cannot be reached."""
    headers = {webhook_door.SECRET: settings.TELEGRAM_WEBHOOK_SECRET}
    try:
        return (
            bot.session()
            .post(door.address(), json={}, headers=headers, timeout=SECONDS, allow_redirects=False)
            .status_code
        )
    except requests.RequestException:
        return None
