"""What players may be refused, as an exception with a reason; whoever answers them finds the words.

Those of names stand here, for every page on which one is taken. The bot has its own: they lead to a command.
"""

from collections.abc import Callable
from enum import StrEnum

from django.utils.translation import gettext as _


class Refused(Exception):
    """Nothing was changed. `reason` is a member of a catalogue such as Refusal below."""

    def __init__(self, reason: StrEnum, **params: object) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.params = params


class Refusal(StrEnum):
    NAME_LENGTH = "name_length"
    NAME_LETTERS = "name_letters"
    NAME_RESERVED = "name_reserved"
    NAME_RUDE = "name_rude"
    NAME_TAKEN = "name_taken"
    NAME_TAKEN_AWAY = "name_taken_away"  # by a moderator, from this very player
    LANGUAGE_UNKNOWN = "language_unknown"
    CONSENT_NEEDED = "consent_needed"
    SUSPENDED = "suspended"
    BLOCKS_ONESELF = "blocks_oneself"
    GONE = "gone"


OF_NAMES: dict[str, Callable[[], str]] = {
    Refusal.NAME_LENGTH: lambda: _("A name has %(shortest)d to %(longest)d characters."),
    Refusal.NAME_LETTERS: lambda: _("Letters, digits, spaces and - _ . ' make a name."),
    Refusal.NAME_RESERVED: lambda: _("That name might be taken for ours. Try another one."),
    Refusal.NAME_RUDE: lambda: _("That name might hurt somebody. Try another one."),
    Refusal.NAME_TAKEN: lambda: _("“%(name)s” is taken, or looks too much like somebody's name."),
    Refusal.NAME_TAKEN_AWAY: lambda: _("A moderator has taken that name from you. Try another one."),
}
