"""The Mini App: a player's own page inside Telegram, which may show it in a frame.

No cookie is set or read here. In a frame on web.telegram.org browsers take ours for a stranger's and throw it away,
more and more of them even when it is SameSite=None and Partitioned; and what no browser sends by itself needs no
protection against forged forms. So each form carries a pass, which lies in this page alone and lasts an hour.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from accounts import signin
from accounts.forms import SettingsForm
from accounts.models import Player
from accounts.refusals import Refused
from duels import appearance, erasure
from duels.views.me import own_page
from emotionduel.limits import limited

FRAMES = {"frame-ancestors": ["https://web.telegram.org"]}

OwnView = Callable[[HttpRequest, Player], HttpResponse]


def framed(view: OwnView) -> Callable[[HttpRequest], HttpResponse]:
    """For whom the request proves to be: first by what Telegram signed, then by the pass."""

    @csrf_exempt
    @xframe_options_exempt
    @csp_replace(FRAMES)
    @cache_control(private=True, no_store=True)
    @limited("signin", signin.PER_MINUTE)
    @wraps(view)
    def proven(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return show(request, "enter")
        try:
            player = player_of(request)
        except Refused as refused:
            return show(request, "refused", why=signin.explain(refused), status=403)
        with translation.override(player.language):
            return view(request, player)

    return proven


def player_of(request: HttpRequest) -> Player:
    if "pass" in request.POST:
        return signin.by_pass(request.POST["pass"])
    return signin.by_init_data(request.POST.get("data", ""))


def show(request: HttpRequest, part: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, "webapp/page.html", {"part": part, "home": "/web-app/", **context}, status=status)


def show_own(request: HttpRequest, player: Player, status: int = 200, **more: Any) -> HttpResponse:
    page = own_page(player, request.POST.get("after", ""), more.pop("form", None))
    return show(request, "own", status, **page | {"home": "/web-app/", "key": signin.make_pass(player)} | more)


@framed
def web_app(request: HttpRequest, player: Player) -> HttpResponse:
    return show_own(request, player)


@framed
def change_settings(request: HttpRequest, player: Player) -> HttpResponse:
    form = SettingsForm(player, request.POST)
    if not appearance.save(player, form):
        return show_own(request, player, status=422, form=form)
    with translation.override(player.language):
        return show_own(request, player, saved=True)


@framed
def erase(request: HttpRequest, player: Player) -> HttpResponse:
    if request.POST.get("sure") != "yes":
        return show(request, "sure", key=signin.make_pass(player))
    erasure.forget(player)
    return show(request, "goodbye")
