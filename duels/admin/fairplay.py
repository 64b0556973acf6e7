"""Photos that something is odd about: marks for moderators, who decide."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from duels import fairplay
from duels.admin.reading import ReadOnlyAdmin
from duels.models import Entry

ODD = {
    "held": (_("picture held back"), Q(held=Entry.Hold.HELD)),
    "copied": (_("shown before"), Q(copies__gt=0)),
    "screen": (_("perhaps of a screen or a print"), Q(screen__gte=fairplay.DOUBTFUL)),
    "forwarded": (_("forwarded"), Q(forwarded=True)),
}


class Oddity(admin.SimpleListFilter):
    title = _("what is odd")
    parameter_name = "odd"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, words) for name, (words, _which) in ODD.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        chosen = ODD.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("player", "duel", "status", "forwarded", "copies", "copy_of", "screen", "held", "sent_at")
    list_filter = (Oddity,)
    list_select_related = ("player", "duel", "copy_of__player", "copy_of__duel")
    search_fields = ("=duel__public_id", "=player__public_id", "player__name")
    ordering = ("-id",)
    actions = ("clear", "reject")

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("duels.decide_case"))

    @admin.action(description=_("Show the pictures that are held back"), permissions=["moderate"])
    def clear(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self.look(request, queryset, clear=True)

    @admin.action(description=_("Keep the faces off all pictures"), permissions=["moderate"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self.look(request, queryset, clear=False)

    def look(self, request: HttpRequest, queryset: QuerySet[Entry], clear: bool) -> None:
        held = list(queryset.filter(held=Entry.Hold.HELD))
        looked = [entry for entry in held if fairplay.look_at(entry.pk, clear)]
        for entry in looked:
            self.log_change(request, entry, "cleared" if clear else "rejected")
        text = ngettext("%(n)d picture was looked at.", "%(n)d pictures were looked at.", len(looked))
        messages.success(request, text % {"n": len(looked)})
