from typing import Any

from django.conf import settings
from django.http import HttpRequest

from emotionduel.middleware import addressed


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page may need: the site's full address and its own, for previews and for who looks for pages."""
    base = settings.BASE_URL or request.build_absolute_uri("/").rstrip("/")
    named = addressed(request)
    return {
        "base_url": base,
        "plain_url": f"{base}{request.path}",
        "page_url": f"{base}{request.path}{f'?language={named}' if named else ''}",
    }
