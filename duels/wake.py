"""Wakes workers. A wake-up may get lost: what is to be done lies in the database, and the reconciler wakes again."""

import logging
import time
from functools import cache, partial

from django.conf import settings
from django.db import transaction
from django_rq import get_queue
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq.exceptions import DuplicateJobError

log = logging.getLogger(__name__)
SILENCE = 1.0  # seconds without another try after Redis failed: it must not hold up players
FAILURE_TTL = 60

down_until = 0.0


def judge(entry: int, attempt: int, tries: int) -> None:
    wake("judge", "duels.jobs.judge_waiting", f"judge-{entry}-{attempt}-{tries}")


def measure(prompt: int) -> None:
    wake("judge", "duels.jobs.measure_prompts", f"measure-{prompt}")


def inbox(update: int, tries: int) -> None:
    wake("telegram", "duels.telegram.inbox.handle_updates", f"update-{update}-{tries}")


def outbox(player: int, notice: int, tries: int) -> None:
    wake("telegram", "duels.telegram.outbox.send_notices", f"notice-{notice}-{tries}", player)


def wake(queue: str, job: str, job_id: str, *args: int) -> None:
    """After the commit: a worker that is quicker than it would find nothing to do."""
    transaction.on_commit(partial(enqueue, queue, job, job_id, *args))


def enqueue(queue: str, job: str, job_id: str, *args: int) -> bool:
    global down_until
    if time.monotonic() < down_until:
        return False
    try:
        get_queue(queue, connection=redis(), commit_mode="auto").enqueue_call(
            job, args=args, job_id=job_id, unique=True, result_ttl=0, failure_ttl=FAILURE_TTL
        )
    except DuplicateJobError:
        return False
    except RedisError as error:
        down_until = time.monotonic() + SILENCE
        log.warning("Redis is away, the reconciler will wake %s: %s", job, type(error).__name__)
        return False
    return True


def length(queue: str) -> int | None:
    """How many jobs wait; None: Redis is away."""
    try:
        return int(get_queue(queue, connection=redis()).count)
    except RedisError:
        return None


@cache
def redis() -> Redis:
    """redis-py's own retries would wait for seconds."""
    url = settings.RQ_QUEUES["judge"]["URL"]
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=0.5, socket_timeout=1)
