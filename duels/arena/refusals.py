from enum import StrEnum


class ArenaRefusal(StrEnum):
    """Why a step in the arena was not taken. Raised as Refused; the page has the words."""

    GONE = "arena_gone"
    TOO_FAST = "arena_too_fast"
    FULL = "arena_full"  # too many photos lie here already
    PHOTO_EMPTY = "photo_empty"
    PHOTO_TOO_LARGE = "photo_too_large"
    PHOTO_FINAL = "photo_final"
    TOO_OFTEN = "too_often"  # attempts of one player
    NAMES_ALIKE = "names_alike"
    WORDING_LENGTH = "wording_length"  # params: shortest, longest
    WORDING_SCRIPT = "wording_script"
