from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from duels import wake
from duels.models import Prompt


@admin.register(Prompt)
class PromptAdmin(admin.ModelAdmin):
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
