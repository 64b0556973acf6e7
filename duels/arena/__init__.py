"""Duels without Telegram: two to four people, or one and a drawn face, before one screen. Unrated, in no list, and
gone in minutes. Photos lie sealed in the database, and only until the picture of the result is drawn.
"""

from duels.arena.clearing import DRAW_TRIES, expire
from duels.arena.ending import keep_card
from duels.arena.playing import (
    KEPT,
    TRIES,
    add_photo,
    found,
    has_card,
    record,
    record_failure,
    retry,
    to_draw,
    to_judge,
)
from duels.arena.refusals import ArenaRefusal
from duels.arena.setting_up import MOST, Sitter, Trial, a_trial, again, any_prompt, knock, open_duel, with_company

__all__ = [
    "DRAW_TRIES",
    "KEPT",
    "MOST",
    "TRIES",
    "ArenaRefusal",
    "Sitter",
    "Trial",
    "a_trial",
    "add_photo",
    "again",
    "any_prompt",
    "expire",
    "found",
    "has_card",
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
