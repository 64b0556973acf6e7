from enum import StrEnum


class Answer(StrEnum):
    """What a player may be told on asking. texts/ has the words."""

    WELCOME = "welcome"  # about: names, code
    FACES = "faces"
    MENU = "menu"
    ROOM = "room"  # the player's own, after a change
    ME = "me"
    HISTORY = "history"  # about: order, after
    TOP = "top"  # about: board, after
    NAME = "name"  # about: names
    RENAMED = "renamed"
    LANGUAGE = "language"
    SETTINGS = "settings"
    PRIVACY = "privacy"
    WEB = "web"
    HELP = "help"
    ABOUT = "about"
    GIVE_UP = "give_up"  # sure?
    DELETE = "delete"  # sure?
    KEPT = "kept"  # not deleted after all
    REPORT = "report"  # about: duel
    REASONS = "reasons"  # about: duel, who
    REPORTED = "reported"
    BLOCKED = "blocked"  # about: who
    JOIN = "join"  # which code?
    MY_DATA = "my_data"
    GIVE = "give"  # a photo for training; sure? about: called
    GIVEN = "given"  # about: photo
    MY_PHOTOS = "my_photos"
    GIFT = "gift"  # one of them, about: photo
    TAKEN_BACK = "taken_back"
    LOST = "lost"  # a text or sticker that asks for nothing
    EDITED = "edited"
    UNKNOWN_COMMAND = "unknown_command"
    OLD_BUTTON = "old_button"
    GROUP = "group"


class Unfit(StrEnum):
    """Why what a player sent cannot be judged, known before it is fetched."""

    HEIC = "heic"
    TOO_BIG = "too_big"
    NOT_A_PICTURE = "not_a_picture"
    VIDEO = "video"
    STICKER = "sticker"
    VOICE = "voice"
