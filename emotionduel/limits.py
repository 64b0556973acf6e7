"""How often one address may ask. Counted in Redis, for all processes together; while it is away nobody counts."""

import time
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

SECONDS = 60
NOWHERE = "0.0.0.0"  # noqa: S104 (a proxy that says nothing we know: all of these are one visitor)


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
