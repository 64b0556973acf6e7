from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions, signin
from accounts.models import Player
from accounts.refusals import Refused
from accounts.signin import Why
from emotionduel.limits import limited

private = cache_control(private=True, no_store=True)


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    return render(request, "signin/how.html", {"minutes": signin.LINK_SECONDS // 60})


@private
@limited("signin", signin.PER_MINUTE)
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first: a link is opened by previews and virus scanners, a button is pressed by a person."""
    try:
        if request.method == "POST":
            return signed_in(request, signin.use_link(token))
        return ask(request, signin.owner(token))
    except Refused as refused:
        return refuse(request, refused)


@private
@limited("signin", signin.PER_MINUTE)
def by_telegram(request: HttpRequest) -> HttpResponse:
    """A login_url button leads here. Asks too: else a stranger's link would sign its reader in as the stranger."""
    try:
        fields = ((name, value) for name, values in request.GET.lists() for value in values)
        player = signin.by_login(fields)
    except Refused as refused:
        return refuse(request, refused)
    return signed_in(request, player) if request.method == "POST" else ask(request, player)


def ask(request: HttpRequest, player: Player) -> HttpResponse:
    return render(request, "signin/ask.html", {"question": _("Sign in as %(name)s") % {"name": player.name}})


def signed_in(request: HttpRequest, player: Player) -> HttpResponse:
    sessions.sign_in(request, player)
    answer = redirect("me")
    chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    return answer if chosen else sessions.speak(answer, player.language)


def refuse(request: HttpRequest, refused: Refused) -> HttpResponse:
    unknown = refused.reason == Why.UNKNOWN
    cure = _("Open the bot on Telegram and press Start.") if unknown else _("Write /web to the bot for a new link.")
    return render(request, "signin/refused.html", {"why": signin.explain(refused), "cure": cure}, status=403)


@private
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    player = sessions.player_of(request)
    if player and "everywhere" in request.POST:
        signin.end_everywhere(player)
    sessions.sign_out(request)
    return redirect("index")
