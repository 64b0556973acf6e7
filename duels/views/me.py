"""A player's own pages: what they have played, what they have set, and the way out."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import sessions
from accounts.forms import SettingsForm
from accounts.models import Player
from duels import appearance, erasure, mydata, queries
from duels.queries import Order
from duels.rules.rating import Skill
from duels.views.parts import row
from duels.views.sent import sent_from

OwnView = Callable[[HttpRequest, Player], HttpResponse]


def own(view: OwnView) -> Callable[[HttpRequest], HttpResponse]:
    """For who is signed in. Whose page it is nothing in the request can say but the session."""

    @cache_control(private=True, no_store=True)
    @wraps(view)
    def signed_in(request: HttpRequest) -> HttpResponse:
        player = sessions.player_of(request)
        return view(request, player) if player else redirect("signin")

    return signed_in


@require_safe
@own
def me(request: HttpRequest, player: Player) -> HttpResponse:
    page = own_page(player, request.GET.get("after", ""))
    return render(request, "me/page.html", page | {"saved": "saved" in request.GET})


@sent_from("me")
@own
def change_settings(request: HttpRequest, player: Player) -> HttpResponse:
    form = SettingsForm(player, request.POST)
    if not appearance.save(player, form):
        return render(request, "me/page.html", own_page(player, form=form), status=422)
    return sessions.speak(redirect("/me/?saved=1"), player.language)


@require_safe
@own
def data(request: HttpRequest, player: Player) -> HttpResponse:
    """All that /my_data sends."""
    disposition = {"Content-Disposition": f'attachment; filename="{mydata.FILE}"'}
    return HttpResponse(mydata.as_json(player), content_type="application/json", headers=disposition)


@own
def erase(request: HttpRequest, player: Player) -> HttpResponse:
    """Asks once; then all that /delete_me does."""
    if request.method != "POST":
        return render(request, "me/erase.html", {"home": "/me/"})
    erasure.forget(player)
    sessions.sign_out(request)
    return render(request, "me/erased.html")


def own_page(player: Player, after: str = "", form: SettingsForm | None = None) -> dict[str, Any]:
    page = queries.history(player, after=queries.entry_key(player, Order.NEWEST, number(after)))
    return {
        "player": player,
        "home": "/me/",
        "rating": Skill(player.mu, player.sigma),
        "suspended": suspended(player),
        "form": form or SettingsForm(player),
        "duels": [row(entry) for entry in page.items],
        "more": page.items[-1].pk if page.next else None,
    }


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def suspended(player: Player) -> str:
    if player.suspended_until is None or not player.suspended(timezone.now()):
        return ""
    until = _("⛔ You can't play until %(until)s (UTC).") % {
        "until": date_format(player.suspended_until, "DATETIME_FORMAT")
    }
    because = _("The moderator's words: %(because)s") % {"because": player.suspension_reason}
    return f"{until} {because}" if player.suspension_reason else until
