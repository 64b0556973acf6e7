from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import names, services
from accounts.models import Player
from accounts.refusals import OF_NAMES, Refusal, Refused
from accounts.services import Setting

Rename = Callable[[Player, str], object]


class SettingsForm(forms.Form):
    """All that a player can set, at once: where the name is refused, nothing is changed."""

    name = forms.CharField(
        label=gettext_lazy("Name in the game"),
        max_length=2 * names.LONGEST,
        help_text=gettext_lazy("2 to 24 characters"),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    notifications = forms.BooleanField(label=gettext_lazy("Reminders and news of opponents"), required=False)
    face_for_opponents = forms.BooleanField(label=gettext_lazy("My face on results, for opponents"), required=False)
    face_for_public = forms.BooleanField(label=gettext_lazy("My face on results, for everybody"), required=False)
    on_leaderboard = forms.BooleanField(label=gettext_lazy("Me in the tables"), required=False)

    def __init__(self, player: Player, data: Any = None) -> None:
        self.player = player
        super().__init__(data, initial=settings_of(player), label_suffix="")
        self.fields["name"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    @property
    def written(self) -> list[forms.BoundField]:
        return [self["name"], self["language"]]

    @property
    def switches(self) -> list[forms.BoundField]:
        return [self[setting] for setting in Setting]

    def save(self, rename: Rename) -> bool:
        """False: something was refused, and the form says what. Who may be called how, others know better."""
        if not self.is_valid():
            return False
        try:
            change(self.player, self.cleaned_data, rename)
        except Refused as refused:
            self.add_error("name", words(refused))
        return not self.errors


def settings_of(player: Player) -> dict[str, Any]:
    switched = {str(setting): getattr(player, f"{setting}_at") is not None for setting in Setting}
    return {"name": player.name, "language": player.language, **switched}


@transaction.atomic
def change(player: Player, wanted: dict[str, Any], rename: Rename) -> None:
    """Only what differs: the rest may have been changed elsewhere since."""
    before = settings_of(player)
    if wanted["name"] != before["name"]:
        rename(player, wanted["name"])
    if wanted["language"] != before["language"]:
        services.set_language(player, wanted["language"])
    for setting in Setting:
        if wanted[setting] != before[setting]:
            services.change_setting(player, setting, wanted[setting])


def words(refused: Refused) -> str:
    gone = {Refusal.GONE: lambda: _("This account is deleted.")}
    return (OF_NAMES | gone)[refused.reason]() % refused.params
