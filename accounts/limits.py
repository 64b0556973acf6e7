"""How often one address may knock. It spares the database; guessing is hopeless with or without it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from emotionduel import limits

A_MINUTE = 60

View = Callable[..., HttpResponse]


def limited(view: View) -> View:
    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if after := limits.wait(request, "signin", A_MINUTE):
            answer = render(request, "signin/crowded.html", status=429)
            answer.headers["Retry-After"] = str(round(after) + 1)
            return answer
        return view(request, *args, **kwargs)

    return within
