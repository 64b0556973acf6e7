from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from duels.mirror.consumer import COOKIE, new_visitor
from duels.mirror.wire import PROMPT_LETTERS
from duels.models import Prompt
from duels.words import emotion
from scoring import EMOTIONS


@require_safe
def mirror(request: HttpRequest) -> HttpResponse:
    language = get_language() or "en"
    active = Prompt.objects.filter(active=True)
    # The easiest is the first to be tried.
    prompts = sorted(active, key=lambda prompt: (prompt.difficulty, prompt.text(language)))
    offered = [(prompt.text(language), prompt.judged) for prompt in prompts]
    emotions = [(code, emotion(code)) for code in EMOTIONS]
    response = render(request, "mirror.html", {"prompts": offered, "emotions": emotions, "letters": PROMPT_LETTERS})
    if COOKIE not in request.COOKIES:
        response.set_cookie(COOKIE, new_visitor(), secure=settings.HTTPS, httponly=True, samesite="Strict")
    return response
