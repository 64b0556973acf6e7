"""A name that is rude, or another's, taken away from where moderators see it: the list of players."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Player
from duels import cases
from duels.admin.cases import DECIDE, moderator
from duels.admin.forms import TakeBackForm as Why


class Naming(admin.ModelAdmin):
    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(DECIDE))

    @admin.action(description=gettext_lazy("Take the name away"), permissions=["decide"])
    def take_name(self, request: HttpRequest, players: QuerySet[Player]) -> HttpResponse | None:
        """Asks why, with the names as they are now: one that changes meanwhile is left alone."""
        found = list(players.filter(anonymised_at=None).order_by("pk"))
        form = Why(request.POST if "sure" in request.POST else None)
        if not form.is_valid():
            return render(request, "admin/take_names.html", self.asked_why(request, found, form))
        self.taken(request, [player for player in found if self.take(request, player, form.cleaned_data["why"])])
        return None

    def take(self, request: HttpRequest, player: Player, why: str) -> bool:
        try:
            cases.take_name(player.pk, request.POST.get(f"name-{player.pk}", ""), moderator(request), why)
        except cases.Stale:
            self.message_user(request, _("%(name)s is called so now: look again.") % {"name": player}, messages.ERROR)
            return False
        return True

    def taken(self, request: HttpRequest, players: list[Player]) -> None:
        text = ngettext("%(n)d name was taken away.", "%(n)d names were taken away.", len(players))
        self.message_user(request, text % {"n": len(players)})

    def asked_why(self, request: HttpRequest, players: list[Player], form: Why) -> dict[str, Any]:
        about = {"title": _("Take the name away"), "players": players, "form": form, "opts": self.opts}
        return {**self.admin_site.each_context(request), **about}
