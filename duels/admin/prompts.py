from typing import Any
from unicodedata import category

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from duels import wake
from duels.models import Prompt

UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


class PromptForm(forms.ModelForm):
    def clean(self) -> dict[str, Any] | None:
        """No sign that cannot be seen: one that turns the direction would turn half a page with it."""
        found = super().clean()
        for name in ("ru", "en", "judged"):
            if any(category(sign) in UNSEEN for sign in self.cleaned_data.get(name, "")):
                self.add_error(name, _("There is a sign in it that cannot be seen."))
        return found


@admin.register(Prompt)
class PromptAdmin(admin.ModelAdmin):
    form = PromptForm
    list_display = ("en", "ru", "kind", "difficulty", "active", "judge_spread", "matches_played")
    list_filter = ("active", "kind", "difficulty")
    search_fields = ("en", "ru", "judged")
    readonly_fields = ("spread", "created")
    prepopulated_fields = {"slug": ("judged",)}
    ordering = ("id",)
    actions = ("switch_on", "switch_off", "measure_again")

    @admin.display(description="cosine at match 10 / 50 / 90")
    def judge_spread(self, prompt: Prompt) -> str:
        cosines = prompt.spread["cosines"] if prompt.spread else []
        return " / ".join("never" if each is None else f"{each:.3f}" for each in cosines) or "not measured yet"

    @admin.display(description="matches: lowest tenth / median / highest tenth (faces)")
    def matches_played(self, prompt: Prompt) -> str:
        if not prompt.spread or not prompt.spread["matches"]:
            return ""
        return " / ".join(map(str, prompt.spread["matches"])) + f" ({prompt.spread['played']})"

    @admin.action(description="Switch on")
    def switch_on(self, request: HttpRequest, prompts: QuerySet[Prompt]) -> None:
        self.message_user(request, f"{prompts.update(active=True)} switched on")

    @admin.action(description="Switch off: players get them no more")
    def switch_off(self, request: HttpRequest, prompts: QuerySet[Prompt]) -> None:
        self.message_user(request, f"{prompts.update(active=False)} switched off")

    @admin.action(description="Measure the judge on them again")
    def measure_again(self, request: HttpRequest, prompts: QuerySet[Prompt]) -> None:
        first = prompts.order_by("id").first()
        count = prompts.update(spread=None)
        if first is not None:
            wake.measure(first.pk)
        self.message_user(request, f"{count} will be measured when no photo waits for the judge")

    def save_model(self, request: HttpRequest, obj: Prompt, form: Any, change: bool) -> None:
        if "judged" in form.changed_data:
            obj.spread = None  # another wording spreads otherwise
        super().save_model(request, obj, form, change)
