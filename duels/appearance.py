"""What people change of how they appear: whoever looks at a page is to see it without being told of a duel.

`accounts` knows of no spectators, so all of `duels` changes a player's name, language and settings here.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import transaction

from accounts import names, services
from accounts.forms import SettingsForm
from accounts.models import Player
from accounts.refusals import Refusal, Refused
from duels import live, public
from duels.models import ModerationAct, Seat

P = ParamSpec("P")
R = TypeVar("R")


def noticed(act: Callable[Concatenate[Player, P], R]) -> Callable[Concatenate[Player, P], R]:
    """Pages look anew where it has changed what they show of the player."""

    @wraps(act)
    def acted(player: Player, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            before = shown(player)
            found = act(player, *args, **kwargs)
            if shown(player) != before:
                live.look_anew()
            return found

    return acted


def shown(player: Player) -> tuple[str, str] | None:
    """Whatever of it duels do not change. None: the player stands nowhere."""
    if not public.is_public(player):
        return None
    playing = player.duels or Seat.objects.filter(player=player, state=Seat.State.DUEL).exists()
    return (player.name, player.language) if playing else None


def chosen(player: Player, name: str) -> Player:
    """By their own wish. What a moderator has taken from them they cannot take again, however they write it."""
    acts = ModerationAct.objects.filter(player=player, what=ModerationAct.What.RENAME)
    taken = acts.filter(status=ModerationAct.Status.STANDS).values_list("former", flat=True)
    if names.key(name) in map(names.key, taken):
        raise Refused(Refusal.NAME_TAKEN_AWAY)
    return services.rename(player, name)


rename = noticed(chosen)
rename_by_chance = noticed(services.rename_by_chance)
name_back = noticed(services.name_back)
set_language = noticed(services.set_language)
change_setting = noticed(services.change_setting)


@noticed
def save(player: Player, form: SettingsForm) -> bool:
    return form.save(chosen)


def saved(created: bool, update_fields: Any, **_signal: object) -> None:
    """After a player was saved whole: that is what the admin does, and nobody else."""
    if not created and update_fields is None:
        live.look_anew()
