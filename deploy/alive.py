"""Whether the part of the site that runs in this container works: `python deploy/alive.py PART`, for health checks.

Asked every few seconds on every container, so it starts nothing of Django's.
"""

import os
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

PATIENCE = 4.0  # seconds
ROUNDS = 6  # of RECONCILE_SECONDS, in which there must have been a beat
BEAT = "SELECT 1 FROM duels_turn WHERE name = %s AND beat_at > now() - make_interval(secs => %s)"


def web() -> bool:
    port = os.environ.get("PORT") or "8000"
    with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE) as answer:
        return bool(answer.status == 200)


def worker(queue: str) -> bool:
    """It waits at its queue: a judge does once its model is loaded."""
    from redis import Redis

    address = os.environ["REDIS_URL"]
    with closing(Redis.from_url(address, socket_timeout=PATIENCE, decode_responses=True)) as redis:
        names: set[str] = redis.smembers(f"rq:workers:{queue}")  # type: ignore[assignment]
        return any(redis.hget(name, "hostname") == socket.gethostname() for name in names)


def mirror() -> bool:
    """Whoever knocks is let in; without a word nobody takes a seat."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(PATIENCE)
        line.connect(str(Path(os.environ["DATA_DIR"]) / "mirror.sock"))
    return True


def beats(name: str) -> bool:
    """Somebody does what goes by this name (duels/turns.py): of two reconcilers one, and so the other is well, too."""
    import psycopg

    seconds = ROUNDS * int(os.environ.get("RECONCILE_SECONDS") or 5)
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=int(PATIENCE)) as database:
        return database.execute(BEAT, [name, seconds]).fetchone() is not None


PARTS: dict[str, Callable[[], bool]] = {
    "web": web,
    "telegram": lambda: worker("telegram"),
    "judge": lambda: worker("judge"),
    "mirror": mirror,
    "reconcile": lambda: beats("reconcile"),
    "poll": lambda: beats("door"),
}


def main(part: str) -> int:
    try:
        works = PARTS[part]()
    except Exception as error:  # noqa: BLE001 (whatever it is, `docker inspect` shows it)
        sys.stderr.write(f"{part}: {type(error).__name__}\n")
        return 1
    sys.stderr.write("" if works else f"{part}: not there\n")
    return 0 if works else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
