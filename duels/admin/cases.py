"""The moderators' queue, worst first, and the page of one case."""

from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from duels import cases
from duels.admin.forms import DecisionForm, TakeBackForm
from duels.admin.photos import photo_of
from duels.admin.reading import ReadOnlyAdmin
from duels.models import Case, Entry, ModerationAct, Report

DECIDE, PHOTOS = "duels.decide_case", "duels.view_photos"
RECORD = 20  # rows of each kind


class StatusFilter(admin.SimpleListFilter):
    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("closed", _("closed")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        everything, *rest = super().choices(changelist)
        return [{**everything, "display": _("open")}, *rest]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return queryset if self.value() == "all" else queryset.filter(status=self.value() or Case.Status.OPEN)


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = ("priority", "whose", "reasons", "duel", "opened_at", "status")
    list_display_links = ("priority", "whose")
    list_filter = (StatusFilter,)
    search_fields = ("entry__player__name", "=entry__player__public_id", "=entry__duel__public_id")
    ordering = ("-priority", "opened_at", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        found = super().get_queryset(request).select_related("entry__player", "entry__duel")
        return found.prefetch_related("entry__reports")

    @admin.display(description=gettext_lazy("player"))
    def whose(self, case: Case) -> str:
        return str(case.entry.player)

    @admin.display(description=gettext_lazy("duel"))
    def duel(self, case: Case) -> str:
        return case.entry.duel.public_id

    @admin.display(description=gettext_lazy("reports"))
    def reasons(self, case: Case) -> str:
        counted = Counter(Report.Reason(report.reason).label for report in case.entry.reports.all())
        said = [f"{reason} × {n}" if n > 1 else str(reason) for reason, n in counted.most_common()]
        found = [_("found by the site: %(reason)s") % {"reason": flagged(case)}] if case.flagged else []
        return ", ".join(said + found)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/photo/<int:entry>/", view(self.photo), name="duels_case_photo"),
            path("<int:pk>/decide/", view(require_POST(self.decide)), name="duels_case_decide"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        if case is None:
            raise Http404
        if not self.has_view_permission(request, case):
            raise PermissionDenied
        return self.page(request, case, DecisionForm(case))

    def page(self, request: HttpRequest, case: Case, form: DecisionForm, status: int = 200) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            **about(case),
            "title": _("The case of %(name)s") % {"name": case.entry.player},
            "form": form,
            "take_back": TakeBackForm(),
            "may_decide": request.user.has_perm(DECIDE),
            "may_see": request.user.has_perm(PHOTOS),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/duels/case.html", context, status=status)

    def photo(self, request: HttpRequest, pk: int, entry: int) -> HttpResponse:
        case = self.seen(request, pk, PHOTOS)
        return photo_of(get_object_or_404(Entry, pk=entry, duel=case.entry.duel_id))

    def seen(self, request: HttpRequest, pk: int, permission: str) -> Case:
        if not (self.has_view_permission(request) and request.user.has_perm(permission)):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.seen(request, pk, DECIDE)
        form = DecisionForm(case, request.POST)
        if not form.is_valid():
            return self.page(request, case, form, status=422)
        try:
            cases.decide(pk, form.cleaned_data["version"], form.decision(moderator(request)))
        except cases.Stale:
            messages.error(request, _("Somebody else has acted on this case since you opened it. Nothing was changed."))
        else:
            messages.success(request, _("Done, and the players are told."))
        return redirect(reverse("admin:duels_case_change", args=[pk]))


def moderator(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "the admin lets nobody else in"  # noqa: S101
    return request.user


def flagged(case: Case) -> str:
    return str(Report.Reason(case.flagged).label)


def about(case: Case) -> dict[str, Any]:
    """The duel, what was said of it, and the player's record."""
    player, duel = case.entry.player, case.entry.duel
    reports = list(case.entry.reports.select_related("reporter").order_by("pk"))
    known = cases.records(report.reporter_id for report in reports)
    before = Report.objects.filter(entry__player=player).exclude(entry=case.entry)
    acts = ModerationAct.objects.select_related("by", "undone_by", "duel")
    return {
        "case": case,
        "player": player,
        "duel": duel,
        "flagged": flagged(case) if case.flagged else "",
        "entries": duel.entries.select_related("player").order_by("place", "pk"),
        "reports": [(report, *known[report.reporter_id]) for report in reports],
        "acts": case.acts.select_related("by", "undone_by").order_by("-pk"),
        "before": Counter(before.values_list("status", flat=True)),
        "past_reports": before.select_related("entry__duel").order_by("-pk")[:RECORD],
        "past_acts": acts.filter(player=player).exclude(case=case).order_by("-pk")[:RECORD],
    }


@admin.register(ModerationAct)
class ModerationActAdmin(ReadOnlyAdmin):
    """Who did what, and why. It can be taken back."""

    change_form_template = "admin/duels/act.html"
    list_display = ("created", "what", "player", "reason", "why", "until", "by", "status", "undone_at")
    list_filter = ("what", "status", "reason", "created")
    list_select_related = ("player", "by")
    search_fields = ("player__name", "=player__public_id", "=by__username")
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.take_back))
        return [path("<int:pk>/take-back/", view, name="duels_moderationact_take_back"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may = {"may_decide": request.user.has_perm(DECIDE)}
        return super().change_view(request, object_id, form_url, {**may, **(extra_context or {})})

    def take_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not (self.has_view_permission(request) and request.user.has_perm(DECIDE)):
            raise PermissionDenied
        act = get_object_or_404(ModerationAct, pk=pk)
        form = TakeBackForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say why it is taken back."))
        else:
            taken_back(request, act, form.cleaned_data["why"])
        if act.case_id:
            return redirect(reverse("admin:duels_case_change", args=[act.case_id]))
        return redirect(reverse("admin:duels_moderationact_change", args=[pk]))


def taken_back(request: HttpRequest, act: ModerationAct, why: str) -> None:
    try:
        cases.take_back(act.pk, moderator(request), why)
    except cases.Stale:
        messages.error(request, _("It is being carried out, or somebody has taken it back. Nothing was changed."))
    else:
        messages.success(request, _("Taken back, and the players are told."))
