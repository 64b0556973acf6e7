from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from emotionduel.environment import odd

# While the server is away nobody waits for long, and whoever comes asks for it anew. Few rest in the pool: after the
# server's return each of them has to be found dead first.
POOL = {"min_size": 1, "max_size": 8, "max_idle": 60.0, "timeout": 5.0, "reconnect_timeout": 3.0}
# All of our queries take milliseconds: to compile one, or to start helpers for it, takes tens of them.
SHORT = "-c jit=off -c max_parallel_workers_per_gather=0"
MEANT = "sqlite:///relative/path, sqlite:////absolute/path or postgres://user:password@host:port/name"


def database(url: str, base: Path, default: Path) -> dict[str, Any]:
    scheme = urlsplit(url).scheme
    if not url or scheme == "sqlite":
        return sqlite(url, base, default)
    if scheme in {"postgres", "postgresql"}:
        return postgres(url)
    raise odd("DATABASE_URL", url, MEANT)


def sqlite(url: str, base: Path, default: Path) -> dict[str, Any]:
    """SQLite that processes can share: readers beside one writer, who takes the lock at once or waits for it."""
    parts = urlsplit(url)
    path = unquote(parts.path.removeprefix("/"))
    if url and (parts.netloc or parts.query or not path):
        raise odd("DATABASE_URL", url, MEANT)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": base / path if url else default,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # Read where it lies in memory: looking up copies touches thousands of pages, a system call each otherwise.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=1073741824;",
        },
    }


def postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    name = unquote(parts.path.removeprefix("/"))
    try:
        port = str(parts.port or "")
    except ValueError:
        port = None
    if not name or "/" in name or parts.query or port is None:
        raise odd("DATABASE_URL", url, MEANT)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": port,
        # Django forbids lasting connections under ASGI; psycopg's own pool does what they were for. Only a cursor of
        # psycopg's own has a question prepared, and says so: Django's never do.
        "OPTIONS": {"pool": POOL, "options": SHORT, "prepare_threshold": 5},
        "CONN_HEALTH_CHECKS": True,  # after the server's restart every connection in the pool is dead
    }
