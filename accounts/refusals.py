"""What players may be refused, as an exception with a reason; whoever answers them finds the words."""

from enum import StrEnum


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
    LANGUAGE_UNKNOWN = "language_unknown"
    CONSENT_NEEDED = "consent_needed"
    SUSPENDED = "suspended"
    BLOCKS_ONESELF = "blocks_oneself"
    GONE = "gone"
