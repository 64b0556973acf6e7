"""How often one address may knock. It spares the database; guessing is hopeless with or without it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

A_MINUTE = 60

View = Callable[..., HttpResponse]


def limited(view: View) -> View:
    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if knocks(address(request)) > A_MINUTE:
            answer = render(request, "signin/crowded.html", status=429)
            answer.headers["Retry-After"] = "60"
            return answer
        return view(request, *args, **kwargs)

    return within


def address(request: HttpRequest) -> str:
    """What our proxy says, who puts its own word last; else who is connected."""
    said = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    return said[:60] or request.META.get("REMOTE_ADDR", "")


def knocks(who: str) -> int:
    """Within this minute, this one among them."""
    key = f"signin:{who}"
    cache.add(key, 0, 60)
    try:
        return cache.incr(key)
    except ValueError:  # the minute ended between the two
        return 1
