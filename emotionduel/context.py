from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page may need: its own full address, for previews that others make of it."""
    return {"base_url": settings.BASE_URL or request.build_absolute_uri("/").rstrip("/")}
