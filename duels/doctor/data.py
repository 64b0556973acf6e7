"""The database and Redis: there, fit, and of one mind with us about the time."""

import time
from collections.abc import Iterator

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone
from redis.exceptions import RedisError, ResponseError

from duels import wake
from duels.doctor.findings import Finding, fault, measured, ok, warning
from duels.models import Prompt
from duels.watch import ready

SKEW, TOO_MUCH = 1.0, 5.0  # seconds: so long after its deadline a duel ends
NTP = "Set the machines' clocks by NTP."


def database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        yield ok("database", version())
    except Error as error:
        cure = "Start it, or mend DATABASE_URL; docs/configuration.md says how it is written."
        yield fault("database", f"{connection.vendor} does not answer: {type(error).__name__}", cure)
        return
    if lacking := ready.unapplied():
        yield fault("migrations", lacking, "Run `manage.py migrate`, before any process of the new code starts.")
        return
    yield ok("migrations", "all are applied")
    yield from clock_of_database()
    yield prompts()


def version() -> str:
    numbers = ".".join(map(str, connection.get_database_version()))
    return f"{connection.vendor} {numbers}"


def clock_of_database() -> Iterator[Finding]:
    """SQLite has ours."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            before = timezone.now()
            cursor.execute("SELECT clock_timestamp()")
            [theirs] = cursor.fetchone()
        middle = before + (timezone.now() - before) / 2
        yield skew("database", abs((theirs - middle).total_seconds()))


def skew(whose: str, seconds: float) -> Finding:
    return measured(f"clock of {whose}", f"{seconds:.1f} s from ours", NTP, seconds, SKEW, TOO_MUCH)


def prompts() -> Finding:
    count = Prompt.objects.filter(active=True).count()
    if count:
        return ok("prompts", f"{count} are played")
    return fault("prompts", "there is none: no duel can begin", "Run `manage.py load_prompts`.")


def redis() -> Iterator[Finding]:
    try:
        begin = time.time()
        seconds, micros = wake.redis().time()
        middle = begin + (time.time() - begin) / 2
        yield ok("redis", f"version {wake.redis().info('server')['redis_version']}")
    except RedisError as error:
        own = settings.REDIS_URL == settings.OWN_REDIS
        cure = "Run `manage.py redis`, or set REDIS_URL." if own else "Start it, or mend REDIS_URL."
        yield fault("redis", f"does not answer: {type(error).__name__}", f"{cure} Until then nobody is woken in time.")
        return
    yield skew("redis", abs(seconds + micros / 1e6 - middle))
    yield eviction()


def eviction() -> Finding:
    """What is dropped the reconciler makes good, but seconds later."""
    try:
        found = wake.redis().config_get("maxmemory*")
    except ResponseError:
        return warning("redis memory", "it does not say what it drops", "See that its policy is `noeviction`.")
    policy, most = str(found["maxmemory-policy"]), int(found["maxmemory"] or 0)
    if policy == "noeviction" or not most:
        return ok("redis memory", f"nothing is dropped ({policy})")
    cure = "Set maxmemory-policy to noeviction: else wake-ups get lost when it is full."
    return warning("redis memory", f"at {most} bytes it drops what it likes ({policy})", cure)
