"""Suspensions of those who have gone: nobody can read who they were, but whoever is told a number finds its mark."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import barring
from accounts.models import Barred
from duels.admin.cases import DECIDE
from duels.admin.forms import TakeBackForm
from duels.admin.reading import ReadOnlyAdmin

LARGEST = 2**63


@admin.register(Barred)
class BarredAdmin(ReadOnlyAdmin):
    list_display = ("until", "reason")
    search_fields = ("reason",)
    search_help_text = gettext_lazy("A player's Telegram number finds their mark.")
    exclude = ("digest",)
    ordering = ("until", "pk")
    actions = ("lift",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Barred], search_term: str
    ) -> tuple[QuerySet[Barred], bool]:
        term = search_term.strip()
        if term.isdecimal() and int(term) < LARGEST:
            return queryset.filter(digest=barring.digest_of(int(term))), False
        return super().get_search_results(request, queryset, search_term)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(DECIDE))

    @admin.action(description=gettext_lazy("Lift the suspension"), permissions=["decide"])
    def lift(self, request: HttpRequest, marks: QuerySet[Barred]) -> HttpResponse | None:
        """Asks why. The mark goes, as it would have at its end; who lifted it and why is noted."""
        form = TakeBackForm(request.POST if "sure" in request.POST else None)
        if not form.is_valid():
            about = {"title": _("Lift the suspension"), "marks": marks, "form": form, "opts": self.opts}
            return render(request, "admin/lift.html", {**self.admin_site.each_context(request), **about})
        found = list(marks)
        for mark in found:
            self.log_change(request, mark, f"lifted: {form.cleaned_data['why']}")
            mark.delete()
        text = ngettext("%(n)d suspension was lifted.", "%(n)d suspensions were lifted.", len(found))
        self.message_user(request, text % {"n": len(found)})
        return None


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """What staff have done in the admin, and of moderators' acts those that concern no player any more."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag", "change_message")
    list_select_related = ("user", "content_type")
    list_filter = ("action_flag", "content_type")
    search_fields = ("=user__username", "object_repr", "change_message")
    ordering = ("-action_time",)
