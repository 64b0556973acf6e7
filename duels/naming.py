"""Names that moderators take away: the player gets a made one, and may choose any other. Who calls this holds the
player's row, and takes no further lock: pages are told to look anew, which comes last.
"""

from contextlib import suppress

from accounts.refusals import Refused
from duels import appearance
from duels.models import ModerationAct
from duels.notices import Kind, tell


def take_away(act: ModerationAct) -> None:
    act.former = act.player.name
    appearance.rename_by_chance(act.player)
    act.given = act.player.name
    act.save(update_fields=["former", "given"])
    tell(act.player, Kind.NAME_TAKEN_AWAY, act=act.pk)


def give_back(act: ModerationAct) -> None:
    """Unless they have chosen another one, or somebody else has taken it: then they are told that they may."""
    player = act.player
    player.refresh_from_db()
    if player.name == act.given:
        with suppress(Refused):
            appearance.name_back(player, act.former)
    tell(player, Kind.NAME_GIVEN_BACK, act=act.pk)
