"""RQ workers that last: they wait for Redis, and take no old database connection into a job."""

import logging
import time
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

from django.db import close_old_connections
from django_rq import get_queue
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisSilent
from rq import SimpleWorker, worker_registration
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

from duels import jobs, stopping, turns
from emotionduel.logs import redacted

if TYPE_CHECKING:
    from redis.client import Pipeline

log = logging.getLogger(__name__)

PAUSE = 1.0
AGAIN = 1.0
LIFE = 30  # seconds: half of it a worker waits for work at most, and then says that it lives


class SteadyWorker(SimpleWorker):
    """Never forks: torch may deadlock after it, and a fork costs more than most jobs."""

    max_connection_wait_time = 2.0  # after Redis is back, work goes on within seconds

    registered = 0.0

    def heartbeat(self, timeout: int | None = None, pipeline: "Pipeline | None" = None) -> None:
        """Redis may have been emptied since it began: whoever looks for workers is to find it again. RQ's loop beats
        three times for each job: once a second is enough.
        """
        if pipeline is not None:
            super().heartbeat(timeout, pipeline)
        if time.monotonic() < self.registered + AGAIN:
            return
        super().heartbeat(timeout)
        self.registered = time.monotonic()
        self.connection.hset(self.key, mapping=self.serialize())
        worker_registration.register(self)

    def request_stop(self, signum: Any, frame: Any) -> None:
        """Redis is often stopped at the same moment: that it is away is no news then."""
        stopping.ask()
        self._stop_requested = self.log.disabled = True
        with suppress(RedisError):  # the signal may come amid anything, which must not fail of it
            super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def request_force_stop(self, signum: Any, frame: Any) -> None:
        """Asked twice: at once, from a thread that cannot be in the middle of a query."""
        Thread(target=stopping.leave, daemon=True).start()

    def set_state(self, state: str, pipeline: "Pipeline | None" = None) -> None:
        """RQ's loop says it twice."""
        if pipeline is not None or state != self.get_state():
            super().set_state(state, pipeline)

    def handle_job_success(self, job: Job, *args: Any, **kwargs: Any) -> None:
        """All at once. RQ's own way takes fifteen calls of Redis to look for dependents, results and repeats: our
        wake-ups have none of these, and wake-ups are many.
        """
        with self.connection.pipeline() as pipeline:
            self.increment_successful_job_count(pipeline=pipeline)
            pipeline.delete(job.key, job.execution_registry.key)
            self.cleanup_execution(job, pipeline)
            pipeline.execute()

    def perform_job(self, *args: Any, **kwargs: Any) -> bool:
        close_old_connections()
        try:
            return super().perform_job(*args, **kwargs)
        finally:
            close_old_connections()

    def handle_job_failure(self, *args: Any, **kwargs: Any) -> Any:
        """What Redis keeps of it names no token."""
        kwargs["exc_string"] = redacted(kwargs.get("exc_string", ""))
        return super().handle_job_failure(*args, **kwargs)


def work(queue: str) -> None:
    """Until a signal ends it."""
    if queue == "judge":
        warm_up()
    turns.keep_beating(queue, stopping.asked, lambda: queue != "judge" or bool(jobs.scorer.cache_info().currsize))
    with suppress(StopRequested):  # while it waits for Redis
        while not worked(queue):
            time.sleep(PAUSE)


def warm_up() -> None:
    """The model takes seconds to load: better now than with the first photo."""
    try:
        jobs.scorer()
    except Exception:  # jobs say what it means for players; other queues' workers are not to die of it
        log.exception("The judge could not be opened")


def worked(name: str) -> bool:
    """Until it was asked to stop. False: Redis failed, which ends RQ's loop, too, even if it is back at once."""
    queue = get_queue(name)
    try:
        # Already here it speaks to Redis, which may start later than we do.
        worker = SteadyWorker([queue], connection=queue.connection, serializer=JSONSerializer, worker_ttl=LIFE)
        worker.work(logging_level="WARNING")
    except (RedisAway, RedisSilent) as error:
        if not stopping.asked.is_set():
            log.warning("Redis is away: %s", type(error).__name__)
    return stopping.asked.is_set()
