"""Tokens stand in addresses, and addresses in errors: neither the bot's nor a player's link is to stand in a log."""

import logging
import re

from django.conf import settings

TOKEN = re.compile(r"[0-9]{6,}:[A-Za-z0-9_-]{30,}")
LINK = re.compile(r"(/signin/)[\w-]{20,}")
REDACTED = "<token>"


def redacted(text: str) -> str:
    if token := settings.TELEGRAM_BOT_TOKEN:
        text = text.replace(token, REDACTED)
    return LINK.sub(rf"\1{REDACTED}", TOKEN.sub(REDACTED, text))


class Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))
