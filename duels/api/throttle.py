from typing import Any

from django.conf import settings
from rest_framework.throttling import BaseThrottle

from emotionduel import limits


class PerAddress(BaseThrottle):
    after: float | None = None

    def allow_request(self, request: Any, view: Any) -> bool:
        self.after = limits.wait(request._request, "api", settings.API_PER_MINUTE)
        return self.after is None

    def wait(self) -> float | None:
        return self.after
