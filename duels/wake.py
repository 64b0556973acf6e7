"""Wakes workers. A wake-up may get lost: what is to be done lies in the database, and the reconciler wakes again."""

import logging
import time
from collections.abc import Sequence
from functools import cache

from django.conf import settings
from django.db import transaction
from django_rq import get_queue
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError

log = logging.getLogger(__name__)
SILENCE = 1.0  # seconds without another try after Redis failed: it must not hold up players
FAILURE_TTL = 60

down_until = 0.0


def judge(entry: int, attempt: int, tries: int) -> bool:
    return wake("judge", "duels.jobs.judge_waiting", f"judge-{entry}-{attempt}-{tries}", first=tries > 0)


def arena(entry: int, attempt: int, tries: int) -> bool:
    return wake("judge", "duels.jobs.judge_waiting", f"arena-{entry}-{attempt}-{tries}", first=tries > 0)


def arena_card(duel: int, tries: int = 0) -> bool:
    return wake("judge", "duels.jobs.draw_arena", f"arena-card-{duel}-{tries}")


def measure(prompt: int) -> bool:
    """Nothing claims it, and it may run for long: while RQ knows of it, it is left alone."""
    return wake("judge", "duels.jobs.measure_prompts", f"measure-{prompt}", again=False)


def inbox(update: int, tries: int) -> bool:
    return wake("telegram", "duels.telegram.inbox.handle_updates", f"update-{update}-{tries}", first=tries > 0)


def outbox(players: Sequence[int], notice: int, tries: int, urgent: bool = False) -> bool:
    """For their first notice's sake. One worker sends to all of them. What is urgent overtakes all that waits, which
    is right as long as it is the smaller part of the work.
    """
    name, first = f"notice-{notice}-{tries}", urgent or tries > 0
    return wake("telegram", "duels.telegram.outbox.send_notices", name, *players, first=first)


def playback(act: int, tries: int) -> bool:
    return wake("telegram", "duels.calling_off.carry_out_due", f"playback-{act}-{tries}")


def gift(photo: int, tries: int) -> bool:
    return wake("telegram", "duels.telegram.gifts.fetch_gifts", f"gift-{photo}-{tries}")


def webhook() -> bool:
    return wake("telegram", "duels.telegram.status.look_at_webhook", "webhook", again=False)


def wake(queue: str, job: str, job_id: str, *args: int, again: bool = True, first: bool = False) -> bool:
    """After the commit: a worker that is quicker than it would find nothing to do. False: the commit is still to come,
    or the wake-up waits in its queue already. What was tried before has waited long: it comes first.
    """
    woken: list[bool] = []
    transaction.on_commit(lambda: woken.append(enqueue(queue, job, job_id, *args, again=again, first=first)))
    return any(woken)


def enqueue(queue: str, job: str, job_id: str, *args: int, again: bool = True, first: bool = False) -> bool:
    global down_until
    if time.monotonic() < down_until:
        return False
    try:
        waiting = get_queue(queue, connection=redis(), commit_mode="auto")
        return put(waiting, job, job_id, *args, again=again, first=first)
    except RedisError as error:
        down_until = time.monotonic() + SILENCE
        log.warning("Redis is away, the reconciler will wake %s: %s", job, type(error).__name__)
        return False


def put(queue: Queue, job: str, job_id: str, *args: int, again: bool, first: bool) -> bool:
    try:
        queue.enqueue_call(
            job, args=args, job_id=job_id, unique=True, at_front=first, result_ttl=0, failure_ttl=FAILURE_TTL
        )
    except DuplicateJobError:
        if not again or queue.get_job_position(job_id) is not None:
            return False
        # It has failed, or whoever took it was killed before it claimed anything, and RQ would keep the id for minutes.
        # Should it be running right now, it runs once more and finds nothing to do.
        queue.push_job_id(job_id, at_front=first)
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
