"""How often one address may ask. Counted in Redis, for all processes together; while it is away nobody counts.

Every page and every socket has a limit that no person reaches; what costs more has a lower one of its own. Only what
makes the judge work is counted in the database, too (duels/arena), so that it holds whatever becomes of Redis.
"""

import time
from collections.abc import Awaitable, Callable
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SECONDS = 60
NOWHERE = "0.0.0.0"  # noqa: S104 (a proxy that says nothing we know: all of these are one visitor)

# Asked by load balancers and Prometheus, all the time and by an address of the network's own: cheap, or with a door.
MACHINES = ("/healthz", "/readyz", "/metrics")
UNCOUNTED = (*MACHINES, "/telegram/webhook/")  # which has a secret

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = b"x-forwarded-for"

Answer = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]
Scope = dict[str, Any]
Socket = Callable[[Scope, Any, Any], Awaitable[None]]


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


def every_socket(app: Socket) -> Socket:
    """A page opens one, so as many may be opened as pages. Who opens more is not let in."""

    async def within(scope: Scope, receive: Any, send: Any) -> None:
        forwarded = ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == FORWARDED)
        remote = str((scope.get("client") or [""])[0])
        counted = forwarded or remote not in LOOPBACK
        if counted and await sync_to_async(wait_of)(visitor(forwarded, remote), "sockets", settings.PAGES_PER_MINUTE):
            await send({"type": "websocket.close"})
        else:
            await app(scope, receive, send)

    return within


def from_here(request: HttpRequest) -> bool:
    """Past every proxy, on this very machine: whoever measures it, or looks whether it works."""
    return "HTTP_X_FORWARDED_FOR" not in request.META and request.META.get("REMOTE_ADDR") in LOOPBACK


def address(request: HttpRequest) -> str:
    return visitor(request.META.get("HTTP_X_FORWARDED_FOR", ""), str(request.META.get("REMOTE_ADDR", "")))


def visitor(forwarded: str, remote: str) -> str:
    """As the outermost of our own proxies saw it: what stands before, anybody may have written."""
    passed = [each.strip() for each in forwarded.split(",") if each.strip()]
    if not settings.PROXIES or not passed:
        return sought(remote)
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
    return wait_of(address(request), what, most)


def wait_of(who: str, what: str, most: int) -> float | None:
    """Counts once more. Seconds until the address may ask again; None: it may now."""
    minute, passed = divmod(time.time(), SECONDS)
    key = f"limit:{what}:{int(minute)}:{who[:100]}"
    cache.add(key, 0, 2 * SECONDS)
    try:
        return SECONDS - passed if cache.incr(key) > most else None
    except ValueError:  # Redis was emptied between the two
        return None
