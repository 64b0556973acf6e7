from typing import Any
from urllib.parse import urlsplit

from emotionduel.environment import odd


def queue(url: str) -> dict[str, Any]:
    """One RQ queue. Short patience: a Redis that is down or silent must not hold up whoever wakes a worker."""
    if urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise odd("REDIS_URL", url, "something like redis://host:6379/0 or unix:///path/to/redis.sock")
    patience = f"{'&' if urlsplit(url).query else '?'}socket_connect_timeout=1&socket_timeout=5"
    return {
        "URL": url + patience,
        "DEFAULT_TIMEOUT": 300,
        "DEFAULT_RESULT_TTL": 0,
        "SERIALIZER": "rq.serializers.JSONSerializer",
    }
