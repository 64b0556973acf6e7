"""What must be told to whom. No words and no buttons: those are found when the notice is sent."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from accounts.models import Player
from accounts.refusals import Refused
from duels import wake
from duels.models import Duel, Notice


class Kind(StrEnum):
    SEARCH_WAITING = "search_waiting"  # edited while it goes on
    SEARCH_READY = "search_ready"  # an opponent is found: are you there?
    SEARCH_FOUND = "search_found"  # an opponent is found, and is asked the same
    SEARCH_RESUMED = "search_resumed"  # the opponent was not there
    SEARCH_DROPPED = "search_dropped"  # you were not there
    SEARCH_ENDED = "search_ended"
    SEARCH_CANCELLED = "search_cancelled"
    SEARCH_OVER = "search_over"  # the duel begins: no button to stop it is left behind
    ROOM_OPENED = "room_opened"
    ROOM_JOINED = "room_joined"
    ROOM_LEFT = "room_left"
    ROOM_CLOSED = "room_closed"  # by its owner
    ROOM_EXPIRED = "room_expired"
    REMATCH_OFFERED = "rematch_offered"
    PROMPT = "prompt"
    REMINDER = "reminder"
    PHOTO_RECEIVED = "photo_received"
    PHOTO_UNREADABLE = "photo_unreadable"
    PHOTO_FACELESS = "photo_faceless"
    PHOTO_COPIED = "photo_copied"  # it was shown before: refused, with a second try or without
    PHOTO_JUDGED = "photo_judged"  # final; others are awaited
    OPPONENT_SENT = "opponent_sent"
    OPPONENT_LEFT = "opponent_left"
    OPPONENT_UNREACHABLE = "opponent_unreachable"
    RESULT = "result"
    PICTURE_CLEARED = "picture_cleared"  # a moderator has looked at what was held back
    PRACTICE_RESULT = "practice_result"
    PRACTICE_STOPPED = "practice_stopped"  # by the player's own wish
    CANCELLED = "cancelled"
    VOIDED = "voided"
    REPORT_UPHELD = "report_upheld"  # to who reported
    REPORT_DISMISSED = "report_dismissed"
    REPORT_REOPENED = "report_reopened"  # a moderator's act was taken back
    WARNED = "warned"
    WARNING_LIFTED = "warning_lifted"
    SUSPENDED = "suspended"
    SUSPENSION_LIFTED = "suspension_lifted"
    NAME_TAKEN_AWAY = "name_taken_away"
    NAME_GIVEN_BACK = "name_given_back"
    CALLED_OFF = "called_off"  # by a moderator, after its end: it is played back out of all ratings
    RESTORED = "restored"  # and into them again
    REFUSED = "refused"  # what the player asked for was not done
    ANSWER = "answer"  # to what the player asked to read: help, settings, a profile
    REMOVAL = "removal"  # no message: those that show one who has gone are deleted
    FORGOTTEN = "forgotten"  # the last word to a person who has gone


# What each carries; players go by public id. Kinds of a duel carry the duel beside these.
PARAMS: dict[Kind, frozenset[str]] = {kind: frozenset() for kind in Kind} | {
    Kind.SEARCH_WAITING: frozenset({"waiting", "reach", "waited"}),
    Kind.SEARCH_READY: frozenset({"seconds"}),
    Kind.SEARCH_FOUND: frozenset({"seconds"}),
    Kind.ROOM_OPENED: frozenset({"code", "size", "rated"}),
    Kind.ROOM_JOINED: frozenset({"code", "who", "inside", "size", "owner"}),
    Kind.ROOM_LEFT: frozenset({"code", "who", "inside", "size", "owner"}),
    Kind.ROOM_CLOSED: frozenset({"code"}),
    Kind.ROOM_EXPIRED: frozenset({"code"}),
    Kind.REMATCH_OFFERED: frozenset({"code", "who"}),
    Kind.PHOTO_UNREADABLE: frozenset({"reason"}),
    Kind.PHOTO_COPIED: frozenset({"reason", "again"}),
    Kind.OPPONENT_SENT: frozenset({"who"}),
    Kind.OPPONENT_LEFT: frozenset({"who"}),
    Kind.OPPONENT_UNREACHABLE: frozenset({"who"}),
    Kind.VOIDED: frozenset({"reason"}),
    Kind.REPORT_UPHELD: frozenset({"act"}),
    Kind.REPORT_DISMISSED: frozenset({"act"}),
    Kind.REPORT_REOPENED: frozenset({"act"}),
    Kind.WARNED: frozenset({"act"}),
    Kind.WARNING_LIFTED: frozenset({"act"}),
    Kind.SUSPENDED: frozenset({"act"}),
    Kind.SUSPENSION_LIFTED: frozenset({"act"}),
    Kind.NAME_TAKEN_AWAY: frozenset({"act"}),
    Kind.NAME_GIVEN_BACK: frozenset({"act"}),
    Kind.CALLED_OFF: frozenset({"act", "before", "after"}),
    Kind.RESTORED: frozenset({"act", "before", "after"}),
    Kind.REFUSED: frozenset({"reason", "about"}),
    Kind.ANSWER: frozenset({"answer", "about"}),
    Kind.REMOVAL: frozenset({"who", "until"}),
    Kind.FORGOTTEN: frozenset({"language"}),
}
# Left out for who wants no notifications: nothing is lost by not knowing them.
OPTIONAL = frozenset({Kind.REMINDER, Kind.OPPONENT_SENT, Kind.REMATCH_OFFERED})
# Waited for with bated breath: they overtake whatever else waits for a sender.
URGENT = frozenset({Kind.RESULT, Kind.PRACTICE_RESULT})


def tell(
    player: Player, kind: Kind, duel: Duel | None = None, topic: str = "", chat_id: int | None = None, **params: Any
) -> Notice | None:
    """In the transaction of the change that it tells of."""
    notice = written(player, kind, duel, topic, chat_id, **params)
    if notice is not None:
        wake.outbox([player.pk], notice.pk, notice.tries)
    return notice


def tell_all(players: Iterable[Player], kind: Kind, duel: Duel | None = None, **params: Any) -> None:
    """By one worker, one after another: a picture that is drawn for the first of them serves the others, too."""
    notices = [notice for player in players if (notice := written(player, kind, duel, **params))]
    if notices:
        told = [notice.player_id for notice in notices]
        wake.outbox(told, notices[0].pk, notices[0].tries, urgent=kind in URGENT)


def written(
    player: Player, kind: Kind, duel: Duel | None = None, topic: str = "", chat_id: int | None = None, **params: Any
) -> Notice | None:
    assert params.keys() == PARAMS[kind], f"{kind} carries {sorted(PARAMS[kind])}, not {sorted(params)}"  # noqa: S101
    if (player.telegram_id or chat_id) is None or (kind in OPTIONAL and not player.notifications_at):
        return None
    return Notice.objects.create(player=player, kind=kind, params=params, duel=duel, topic=topic, chat_id=chat_id)


def refuse(player: Player, refused: Refused, topic: str = "") -> Notice | None:
    return tell(player, Kind.REFUSED, topic=topic, reason=str(refused.reason), about=refused.params)


def answer(player: Player, name: str, topic: str = "", **about: Any) -> Notice | None:
    return tell(player, Kind.ANSWER, topic=topic, answer=name, about=about)
