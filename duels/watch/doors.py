"""Doors for machines: whether this process is ready, and what Prometheus reads."""

from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from duels.watch import metrics as told
from duels.watch import ready


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Each part is asked once a second at most, however many knock."""
    found = ready.look()
    fine = not any(found[part] for part in ready.DECISIVE)
    degraded = [part for part, what in found.items() if what and part not in ready.DECISIVE]
    parts = {part: what or "ok" for part, what in found.items()}
    answer = JsonResponse({"ready": fine, "degraded": degraded, "parts": parts}, status=200 if fine else 503)
    answer.headers["Cache-Control"] = "no-store"
    # Django would call each 503 an error: who asks is told, and the log has the cause.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(told.text(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def may_read(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return is_neighbour(request)
    given = request.headers.get("Authorization", "")
    return compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())


def is_neighbour(request: HttpRequest) -> bool:
    """Of this machine or its own network, and past every proxy: what comes through one, anybody may have sent."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        found = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_private
