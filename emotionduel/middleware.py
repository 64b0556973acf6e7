from django.conf import settings
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from emotionduel.limits import MACHINES


class AddressedLanguage(LocaleMiddleware):
    """`?language=ru` speaks to who has no say in it: whatever draws the preview of a shared link, or looks for pages.
    A person's own choice, and their browser's, come first.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        named = addressed(request)
        if named and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and "Accept-Language" not in request.headers:
            translation.activate(named)
            request.LANGUAGE_CODE = named


class KnownHosts(CommonMiddleware):
    """Here strange hosts are turned away. Whoever only asks how we are may call us whatever it likes."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path in MACHINES else super().process_request(request)


def addressed(request: HttpRequest) -> str:
    named = request.GET.get("language", "")
    return named if named in dict(settings.LANGUAGES) else ""
