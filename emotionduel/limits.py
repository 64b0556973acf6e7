"""How often one address may ask. Counted in Redis, for all processes together; while it is away nobody counts.

Every page has a limit that no person reaches; what costs more has a lower one of its own. Only what makes the judge
work is counted in the database, too (duels/arena), so that it holds whatever becomes of Redis.
"""

import time
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SECONDS = 60
NOWHERE = "0.0.0.0"  # noqa: S104 (a proxy that says nothing we know: all of these are one visitor)

UNCOUNTED = ("/healthz", "/telegram/webhook/")  # asked by machines all the time; the second has a secret

Answer = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]


def every_page(get_response: Answer) -> Answer:
    def within(request: HttpRequest) -> HttpResponse:
        counted = request.path not in UNCOUNTED and not from_here(request)
        after = wait(request, "pages", settings.PAGES_PER_MINUTE) if counted else None
        return crowded(request, after) if after else get_response(request)

    return within


def limited(what: str, most: int) -> Callable[[View], View]:
    def limit(view: View) -> View:
        @wraps(view)
        def within(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            after = wait(request, what, most)
            return crowded(request, after) if after else view(request, *args, **kwargs)

        return within

    return limit


def crowded(request: HttpRequest, after: float) -> HttpResponse:
    answer = render(request, "crowded.html", status=429)
    answer.headers["Retry-After"] = str(round(after) + 1)
    return answer


def from_here(request: HttpRequest) -> bool:
    """Past every proxy, on this very machine: whoever measures it, or looks whether it works."""
    return "HTTP_X_FORWARDED_FOR" not in request.META and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}


def address(request: HttpRequest) -> str:
    """Of the visitor, as the outermost of our own proxies saw it: what stands before, anybody may have written."""
    passed = [each.strip() for each in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if each.strip()]
    if not settings.PROXIES or not passed:
        return sought(str(request.META.get("REMOTE_ADDR", "")))
    return sought(passed[-min(settings.PROXIES, len(passed))])


def sought(text: str) -> str:
    """One that may be kept as an address; of IPv6 the household, for each has billions of them."""
    try:
        found = ip_address(text.strip("[]"))
    except ValueError:
        return NOWHERE
    found = getattr(found, "ipv4_mapped", None) or found
    return str(found if found.version == 4 else ip_network((found, 64), strict=False).network_address)


def wait(request: HttpRequest, what: str, most: int) -> float | None:
    """Counts this request. Seconds until the address may ask again; None: it may now."""
    minute, passed = divmod(time.time(), SECONDS)
    key = f"limit:{what}:{int(minute)}:{address(request)[:100]}"
    cache.add(key, 0, 2 * SECONDS)
    try:
        return SECONDS - passed if cache.incr(key) > most else None
    except ValueError:  # Redis was emptied between the two
        return None
