from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from emotionduel.urls import urlpatterns as own


@csrf_exempt
def empty(request: HttpRequest) -> HttpResponse:
    """What the webhook is compared with: the same server, the same middleware, and nothing done."""
    return HttpResponse()


urlpatterns = [path("empty/", empty), *own]
