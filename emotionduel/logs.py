"""Tokens stand in addresses, and addresses in errors: neither the bot's nor a player's link is to stand in a log."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

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


class Json(logging.Formatter):
    """One object a line, an exception's traceback in it; what the line is about stands beside what it says."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "trail", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return redacted(json.dumps(line, ensure_ascii=False, default=str))
