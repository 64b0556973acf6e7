"""A Redis for who asks for one, and one that is away."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from duels import wake
from tests.redis import Server, running


@pytest.fixture(scope="module")
def redis_server() -> Iterator[Server]:
    with running() as found:
        yield found


@pytest.fixture
def redis(redis_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    redis_server.empty()
    with closing(Redis.from_url(redis_server.url)) as client:
        monkeypatch.setattr(wake, "redis", lambda: client)
        yield client


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Redis(unix_socket_path="/nowhere/redis.sock", retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(wake, "redis", lambda: gone)
