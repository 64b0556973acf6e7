"""The bot's address for pages. Telegram is asked for its name aside, and seldom: no page waits for that."""

import logging
import time
from threading import Lock, Thread

from django.conf import settings

from duels.telegram import bot

log = logging.getLogger(__name__)

REST = 60.0  # seconds before it is asked again

asking = Lock()
known = ""
asked_at = -REST


def address() -> str:
    """Empty where there is no bot, or Telegram has not said its name yet."""
    global asked_at
    if not settings.TELEGRAM_BOT_TOKEN:
        return ""
    with asking:
        due = not known and time.monotonic() - asked_at >= REST
        asked_at = time.monotonic() if due else asked_at
    if due:
        Thread(target=ask, name="bot-name", daemon=True).start()
    return f"https://t.me/{known}" if known else ""


def ask() -> None:
    global known
    try:
        known = bot.username()
    except bot.BotError as error:
        log.warning("Telegram does not say the bot's name: %s", error)
