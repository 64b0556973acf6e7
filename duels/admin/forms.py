from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from duels.cases import Act, Decision
from duels.models import Case, Duel, ModerationAct, Report

What = ModerationAct.What
WHY = ModerationAct._meta.get_field("why").max_length

MEASURES: dict[str, Act | None] = {
    "": None,
    "warn": Act(What.WARN),
    "1": Act(What.SUSPEND, 1),
    "3": Act(What.SUSPEND, 3),
    "30": Act(What.SUSPEND, 30),
    "good": Act(What.SUSPEND),
}


class TakeBackForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=WHY)


class DecisionForm(forms.Form):
    """Pressed with "dismiss", the reports are dismissed and nothing else counts but why."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    void = forms.BooleanField(label=_("Call the duel off: it counts for nobody"), required=False)
    rename = forms.BooleanField(label=_("Take the name away: the player gets another one"), required=False)
    name = forms.CharField(widget=forms.HiddenInput, required=False)
    measure = forms.ChoiceField(
        label=_("The player"),
        required=False,
        choices=[
            ("", _("nothing")),
            ("warn", _("warn")),
            ("1", _("suspend for 1 day")),
            ("3", _("suspend for 3 days")),
            ("30", _("suspend for 30 days")),
            ("good", _("suspend for good")),
        ],
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=Report.Reason.choices, required=False)
    why = forms.CharField(label=_("Why, in your words (the player reads them)"), max_length=WHY)

    def __init__(self, case: Case, data: Any = None) -> None:
        reported = [report.reason for report in case.entry.reports.all()]
        guess = max(reported, key=reported.count, default=case.flagged or Report.Reason.OTHER)
        player = case.entry.player
        super().__init__(data, initial={"version": case.version, "reason": guess, "name": player.name})
        self.fields["rename"].disabled = player.anonymised_at is not None
        called_off = case.entry.duel.acts.filter(what=What.VOID, status__in=ModerationAct.STANDING)
        if case.entry.duel.status != Duel.Status.FINISHED or called_off.exists():
            self.fields["void"].disabled = True
        self.dismissing = bool(data) and "dismiss" in data

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.dismissing and not self.acts(found):
            raise forms.ValidationError(_("Choose what is to be done, or dismiss the reports."))
        if not self.dismissing and not found.get("reason"):
            self.add_error("reason", _("Choose a reason."))
        return found

    def acts(self, found: dict[str, Any]) -> tuple[Act, ...]:
        if self.dismissing:
            return ()
        called_off = [Act(What.VOID)] if found.get("void") else []
        measure = MEASURES.get(found.get("measure") or "")
        renamed = [Act(What.RENAME, name=found["name"])] if found.get("rename") else []
        return (*called_off, *renamed, *([measure] if measure else []))

    def decision(self, by: User) -> Decision:
        found = self.cleaned_data
        reason = "" if self.dismissing else found["reason"]
        return Decision(by, found["why"], reason, self.acts(found))
