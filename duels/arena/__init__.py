"""Duels without Telegram: two to four people, or one and a drawn face, before one screen. Unrated, in no list, and
gone in minutes. Photos lie sealed in the database, and only until the picture of the result is drawn.
"""

from duels.arena.clearing import DRAW_TRIES, expire
from duels.arena.ending import keep_card
from duels.arena.playing import TRIES, add_photo, found, record, record_failure, retry, to_draw, to_judge
from duels.arena.refusals import ArenaRefusal
from duels.arena.setting_up import Sitter, again, any_prompt, knock, open_duel, with_company

__all__ = [
    "DRAW_TRIES",
    "TRIES",
    "ArenaRefusal",
    "Sitter",
    "add_photo",
    "again",
    "any_prompt",
    "expire",
    "found",
    "keep_card",
    "knock",
    "open_duel",
    "record",
    "record_failure",
    "retry",
    "to_draw",
    "to_judge",
    "with_company",
]
