"""Where Telegram delivers. It sends again whatever it gets no 200 for, and holds up the rest meanwhile."""

import json
import logging
from hmac import compare_digest
from typing import Any, NoReturn

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from duels.telegram import door

log = logging.getLogger(__name__)

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a header's name)
LARGEST = 1_000_000  # bytes; a message with all that Telegram allows has a tenth


@csrf_exempt  # the secret tells Telegram from strangers
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    given = request.headers.get(SECRET, "")
    if not compare_digest(given.encode(), settings.TELEGRAM_WEBHOOK_SECRET.encode()):
        return HttpResponse(status=403)
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse(status=413)
    found = read(request.body)
    if not door.understood(found):
        return HttpResponse(status=400)
    try:
        door.store(found)
    except Error as error:
        log.warning("An update could not be stored, Telegram will send it again: %s", type(error).__name__)
        return HttpResponse(status=503)
    return HttpResponse()


def read(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=no_json)
    except (ValueError, RecursionError):
        return None


def no_json(constant: str) -> NoReturn:
    raise ValueError(constant)
