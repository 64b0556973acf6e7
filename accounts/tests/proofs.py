"""What Telegram would sign, made with the tests' own token."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

TOKEN = "1234567:test-token"
Fields = list[tuple[str, str]]


def hashed(fields: dict[str, str], key: bytes) -> str:
    lines = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    return hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()


def login(number: int, at: float | None = None, **more: str) -> Fields:
    """What a login_url button adds to its address."""
    fields = {"id": str(number), "first_name": "Анна", "auth_date": str(int(at or time.time())), **more}
    return [*fields.items(), ("hash", hashed(fields, hashlib.sha256(TOKEN.encode()).digest()))]


def init_data(number: int, at: float | None = None, **more: Any) -> str:
    """What stands in a Mini App's fragment as tgWebAppData."""
    user = json.dumps({"id": number, "first_name": "Анна & Co", "language_code": "ru"}, ensure_ascii=False)
    fields = {"query_id": "AAH_x-1", "user": user, "auth_date": str(int(at or time.time())), "signature": "s", **more}
    key = hmac.new(b"WebAppData", TOKEN.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hashed(fields, key)})
