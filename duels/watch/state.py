"""What the database says of this moment, each in one query along an index."""

from typing import Any, NamedTuple

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from duels import arena, jobs, turns
from duels.models import Duel, Notice, Seat, Update


class Line(NamedTuple):
    """What waits: how much, and for how many seconds the oldest."""

    waiting: int
    oldest: float


class State(NamedTuple):
    lines: dict[str, Line]
    duels: dict[str, int]  # those that run, by status
    seats: dict[str, int]
    silent: dict[str, float]  # by who has ever beaten, seconds since the last one
    age: float  # seconds since the database was prepared: so long has been silent who never came


def look() -> State:
    lines = {
        "inbox": line(Update.objects.filter(status=Update.Status.WAITING), "received_at"),
        "outbox": line(Notice.objects.filter(status=Notice.Status.WAITING), "created"),
        "photos": line(jobs.waiting(), "sent_at"),
        "arena": line(arena.to_judge(), "sent_at"),
    }
    running = by(Duel.objects.filter(finished_at=None), "status")
    duels = {status.value: running.get(status.value, 0) for status in Duel.RUNNING}
    found = by(Seat.objects.all(), "state")
    seats = {state: found.get(state, 0) for state in Seat.State.values}
    return State(lines, duels, seats, turns.silent_for(), age())


def age() -> float:
    began = MigrationRecorder.Migration.objects.aggregate(began=Min("applied"))["began"]
    return (timezone.now() - began).total_seconds() if began else 0.0


def line(waiting: "QuerySet[Any]", since: str) -> Line:
    found = waiting.order_by().aggregate(waiting=Count("pk"), oldest=Min(since))
    age = (timezone.now() - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return Line(found["waiting"], max(0.0, age))


def by(rows: "QuerySet[Duel] | QuerySet[Seat]", field: str) -> dict[str, int]:
    return dict(rows.order_by(field).values_list(field).annotate(Count("pk")))
