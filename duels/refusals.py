from enum import StrEnum


class Refusal(StrEnum):
    """Why a step of the game was not taken. Raised as Refused; bot and pages have the words."""

    PAUSED = "paused"  # params: times, seconds
    TOO_FAST = "too_fast"
    BUSY = "busy"  # params: state
    NOT_PAIRED = "not_paired"
    NOWHERE = "nowhere"  # there is nothing to leave
    ROOM_UNKNOWN = "room_unknown"
    ROOM_FULL = "room_full"
    ROOM_SIZE = "room_size"
    ROOM_NOT_YOURS = "room_not_yours"
    ROOM_TOO_EMPTY = "room_too_empty"
    ALREADY_IN_ROOM = "already_in_room"
    NO_PROMPTS = "no_prompts"
    NO_DUEL = "no_duel"
    TOO_LATE = "too_late"
    PHOTO_FINAL = "photo_final"
    PHOTO_SENT = "photo_sent"  # one cannot leave after sending
    NOT_YOUR_DUEL = "not_your_duel"
    DUEL_NOT_OVER = "duel_not_over"
    OPPONENT_GONE = "opponent_gone"
    NOTHING_TO_GIVE = "nothing_to_give"  # no photo of theirs, or too old
    PHOTO_UNKNOWN = "photo_unknown"
