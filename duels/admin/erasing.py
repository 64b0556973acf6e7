"""The admin's erasure: all that /delete_me does, for who asks for it by another way."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import PlayerAdmin
from accounts.models import Player
from duels import erasure
from duels.admin.naming import Naming

MOST = 20  # at once: each leaves a duel, and messages in many chats


class Erasing(Naming, PlayerAdmin):
    actions = ("take_name", "erase")

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.delete_player")

    @admin.action(description=gettext_lazy("Erase the person everywhere"), permissions=["erase"])
    def erase(self, request: HttpRequest, players: QuerySet[Player]) -> HttpResponse | None:
        """Asks once: it cannot be taken back."""
        found = list(players.filter(anonymised_at=None).order_by("pk")[: MOST + 1])
        if len(found) > MOST:
            self.message_user(request, _("At most %(most)d at once.") % {"most": MOST})
            return None
        if "sure" not in request.POST:
            return render(request, "admin/erase_players.html", self.asked(request, found))
        for player in found:
            self.log_change(request, player, "erased")  # first: the note on it loses the name with all the rest
            erasure.forget(player)
        text = ngettext("%(n)d person was erased.", "%(n)d persons were erased.", len(found)) % {"n": len(found)}
        self.message_user(request, text)
        return None

    def asked(self, request: HttpRequest, players: list[Player]) -> dict[str, Any]:
        title = _("Erase the person everywhere")
        return {**self.admin_site.each_context(request), "title": title, "players": players, "opts": self.opts}


admin.site.unregister(Player)
admin.site.register(Player, Erasing)
