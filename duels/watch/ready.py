"""Whether this process can do its work, and how those do on whom the game depends.

Decisive for a load balancer is what it can cure by asking another process: one that does not reach its database, or was
started before its migrations, can take nothing in. Without Redis, judge, senders or reconciler it still stores updates
and shows pages, and so would every other: to take all of them away would only turn Telegram and visitors off.
"""

from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from duels import tallies, turns, wake
from duels.reconcile import NAME as RECONCILER
from duels.telegram import door
from duels.watch.question import PATIENCE, Question

DECISIVE = ("database", "migrations")
BEATING = {"judge": "judge", "senders": "telegram", "reconciler": RECONCILER}
NOTHING = ""

migrated = False


def look() -> dict[str, str]:
    """By part, what is wrong with it; nothing where nothing is."""
    database.begin()
    redis.begin()
    return {**answer(database, "database", ("migrations", *BEATING, "updates")), **answer(redis, "redis", ("webhook",))}


def answer(question: Question[dict[str, str]], part: str, behind: tuple[str, ...]) -> dict[str, str]:
    try:
        return question.answer()
    except TimeoutError:
        what = f"no answer within {PATIENCE:g} s"
    except Exception as error:  # noqa: BLE001 (whatever it is, it is this part's)
        what = type(error).__name__
    return {part: what, **dict.fromkeys(behind, f"not known without {part}")}


def ask_database() -> dict[str, str]:
    silent = turns.silent_for()
    beats = {part: silence(silent.get(name)) for part, name in BEATING.items()}
    return {"database": NOTHING, "migrations": unapplied(), **beats, "updates": door_of(silent.get(turns.DOOR))}


def silence(seconds: float | None) -> str:
    if seconds is None:
        return "never seen"
    return f"silent for {seconds:.0f} s" if seconds > turns.away().total_seconds() else NOTHING


def door_of(seconds: float | None) -> str:
    return silence(seconds) if settings.TELEGRAM_BOT_TOKEN else NOTHING


def unapplied() -> str:
    """Once all are there, it is not asked again: nobody takes one back while the site runs."""
    global migrated
    if not migrated:
        executor = MigrationExecutor(connection)
        lacking = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        migrated = not lacking
        return f"{lacking} are not applied" if lacking else NOTHING
    return NOTHING


def ask_redis() -> dict[str, str]:
    wake.redis().ping()
    return {"redis": NOTHING, "webhook": webhook(tallies.webhook()) if door.by_webhook() else NOTHING}


def webhook(known: dict[str, Any]) -> str:
    """As Telegram was last heard of it; where nobody has asked yet, nothing is wrong yet."""
    if not known or "unknown" in known:
        return NOTHING
    return NOTHING if known.get("url") == door.address() else "Telegram sends updates elsewhere"


database = Question(ask_database)
redis = Question(ask_redis)
