from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language


def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive: asks neither the database nor the judge."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    # Without a token, so that a page which only shows something sets no cookie: a language can do no harm.
    path("language/", csrf_exempt(set_language), name="set_language"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("duels.urls")),
    path("healthz", healthz, name="healthz"),
]
