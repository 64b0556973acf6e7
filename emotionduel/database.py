from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from emotionduel.environment import odd


def sqlite(url: str, base: Path, default: Path) -> dict[str, Any]:
    """SQLite that processes can share: readers beside one writer, who takes the lock at once or waits for it."""
    parts = urlsplit(url)
    path = unquote(parts.path.removeprefix("/"))
    if url and (parts.scheme != "sqlite" or parts.netloc or parts.query or not path):
        raise odd("DATABASE_URL", url, "sqlite:///relative/path or sqlite:////absolute/path")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": base / path if url else default,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
