"""What Prometheus is told. Every web process tells the same: the state comes from the database, the counts of all
processes from Redis. What cannot be had is left out, and said to be away.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product
from typing import TypeVar

from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from duels import tallies, turns, wake
from duels.telegram import door
from duels.watch import ready, state
from duels.watch.question import Question

Answer = TypeVar("Answer")

PREFIX = "emotionduel_"
QUEUES = ("telegram", "judge")


class Counts:
    """What Redis has, read at once."""

    def __init__(self) -> None:
        self.counted = tallies.counted()
        self.spectators = tallies.watched("spectators")
        self.jobs = {queue: wake.length(queue) or 0 for queue in QUEUES}
        self.webhook = tallies.webhook()


database = Question(state.look)
redis = Question(Counts)


def text() -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Site())
    return generate_latest(registry)


class Site(Collector):
    def collect(self) -> Iterator[Metric]:
        database.begin()
        redis.begin()
        now, counts = had(database), had(redis)
        yield gauge("database_up", "Whether the database answered within two seconds", now is not None)
        yield gauge("redis_up", "Whether Redis answered within two seconds", counts is not None)
        if now:
            yield from of_state(now)
        if counts:
            yield from of_counts(counts)


def had(question: Question[Answer]) -> Answer | None:
    try:
        return question.answer()
    except Exception:  # noqa: BLE001 (told by what is left out)
        return None


def of_state(now: state.State) -> Iterator[Metric]:
    waiting = {name: line.waiting for name, line in now.lines.items()}
    yield gauges("waiting", "What waits: updates, messages, photos of duels and of the arena", "line", waiting)
    oldest = {name: line.oldest for name, line in now.lines.items()}
    yield gauges("oldest_seconds", "For how long the oldest of them has waited", "line", oldest)
    yield gauges("duels_running", "Duels and practices that run", "status", now.duels)
    yield gauges("seats", "Players who search, sit in a room, or play", "state", now.seats)
    yield gauges("silent_seconds", "Since the last beat of whoever should beat", "who", silent(now))


def silent(now: state.State) -> dict[str, float]:
    """Who never came is told, too: Prometheus raises no alarm over a series that is not there."""
    expected = [*ready.BEATING.values(), *([turns.DOOR] if settings.TELEGRAM_BOT_TOKEN else [])]
    return dict.fromkeys(expected, now.age) | now.silent


def of_counts(counts: Counts) -> Iterator[Metric]:
    yield gauge("spectators", "Open sockets of spectators, in all web processes", counts.spectators)
    yield gauges("queued", "Wake-ups in Redis", "queue", counts.jobs)
    yield from of_webhook(counts.webhook)
    for name, about in tallies.COUNTED.items():
        yield counter(name, about, series(counts.counted, name))
    for name, took in tallies.TOOK.items():
        yield histogram(name, took, series(counts.counted, name))


def of_webhook(known: Mapping[str, object]) -> Iterator[Metric]:
    """Nothing while Telegram fetches nothing from us, or has not been asked."""
    if "url" not in known:
        return
    yield gauge("webhook_here", "Whether Telegram sends updates to this site", known["url"] == door.address())
    pending = int(str(known.get("pending_update_count", 0)))
    yield gauge("webhook_pending", "Updates that Telegram has not delivered yet", pending)
    last = int(str(known.get("last_error_date", 0)))
    yield gauge("webhook_failed_timestamp_seconds", "When a delivery last failed; 0: never", last)


def series(counted: Mapping[str, float], name: str) -> dict[tuple[str, ...], float]:
    """By the labels' values."""
    split = ((field.split("|"), number) for field, number in counted.items())
    return {tuple(labels): number for (first, *labels), number in split if first == name}


def gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(PREFIX + name, about, value=value)


def gauges(name: str, about: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(PREFIX + name, about, labels=[label])
    for each, value in values.items():
        family.add_metric([each], value)
    return family


def counter(name: str, about: tallies.Counted, found: Mapping[tuple[str, ...], float]) -> Metric:
    """What has never happened stands there with nought: Prometheus misses the first of what begins with one."""
    family = CounterMetricFamily(PREFIX + name, about.help, labels=list(about.labels))
    for labels in sorted({*product(*about.labels.values()), *found}):
        family.add_metric(list(labels), found.get(labels, 0.0))
    return family


def histogram(name: str, about: tallies.Took, found: Mapping[tuple[str, ...], float]) -> Metric:
    numbers = defaultdict(float, {labels[0]: number for labels, number in found.items()})
    buckets, total = [], 0.0
    for bound in (*map(str, about.bounds), "+Inf"):
        total += numbers[bound]
        buckets.append((bound, total))
    family = HistogramMetricFamily(PREFIX + name, about.help)
    family.add_metric([], buckets, numbers["sum"])
    return family
