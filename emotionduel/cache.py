"""What is remembered for a while, in Redis: limits, and pictures without faces. All of it can be done without."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
SILENCE = 1.0  # seconds without another try after Redis failed: no page is to wait for it again and again

Answer = TypeVar("Answer")


class Forgiving(RedisCache):
    """While Redis is away nothing is remembered, no limit holds, and every page works."""

    down_until = 0.0

    def without(self, answer: Answer, ask: Callable[[], Answer]) -> Answer:
        """The cache's own answer, or this one while there is no Redis."""
        if time.monotonic() < Forgiving.down_until:
            return answer
        try:
            return ask()
        except RedisError as error:
            Forgiving.down_until = time.monotonic() + SILENCE
            log.warning("Redis is away, nothing is remembered: %s", type(error).__name__)
            return answer

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return self.without(True, lambda: super(Forgiving, self).add(*args, **kwargs))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self.without(default, lambda: super(Forgiving, self).get(key, default, version))

    def set(self, *args: Any, **kwargs: Any) -> None:
        self.without(None, lambda: super(Forgiving, self).set(*args, **kwargs))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        return self.without(delta, lambda: super(Forgiving, self).incr(key, delta, version))
