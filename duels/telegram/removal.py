"""Messages that name or show one who has gone are deleted, as far back as Telegram lets a bot do it."""

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from duels.erasure import DELETABLE
from duels.models import Entry, Notice
from duels.notices import Kind
from duels.telegram import bot

log = logging.getLogger(__name__)

TOGETHER = 100  # in one call
WRITTEN = timedelta(minutes=1)  # so long a message may be on its way after its words were found
# Of a duel that is over; while it runs, its task is still needed.
ABOUT_PLAYERS = {
    *(Kind.PROMPT, Kind.OPPONENT_SENT, Kind.OPPONENT_LEFT, Kind.OPPONENT_UNREACHABLE, Kind.RESULT),
}


def remove(notice: Notice) -> None:
    """The chat's notices go out one by one, so whatever was told before this one has arrived, or never will."""
    chat = notice.chat_id or notice.player.telegram_id
    assert chat is not None, "superfluous() lets nobody else through"  # noqa: S101
    messages = sorted({each.message_id for each in showing(notice) if each.message_id})
    for begin in range(0, len(messages), TOGETHER):
        delete(chat, messages[begin : begin + TOGETHER])
    if own(notice):
        Notice.objects.filter(player=notice.player_id, pk__lt=notice.pk).update(
            message_id=None, chat_id=None, params={}
        )


def own(notice: Notice) -> bool:
    return bool(notice.params["who"] == notice.player.public_id)


def showing(notice: Notice) -> Iterator[Notice]:
    lately = timezone.now() - DELETABLE
    sent = Notice.objects.filter(player=notice.player_id, chat_id=None, sent_at__gte=lately).exclude(message_id=None)
    if own(notice):
        yield from sent.filter(pk__lt=notice.pk).defer("params")
        return
    who = notice.params["who"]
    # Whatever was written a while after, did without the name.
    told = sent.filter(pk__lte=notice.params["until"], sent_at__lt=notice.created + WRITTEN).select_related("duel")
    duels = set(
        Entry.objects.filter(player__public_id=who, duel__in=told.values("duel")).values_list("duel", flat=True)
    )
    for each in told:
        of_the_duel = each.duel is not None and each.duel_id in duels and not each.duel.running
        if (of_the_duel and each.kind in ABOUT_PLAYERS) or who in (each.params.get("who"), each.params.get("owner")):
            yield each


def delete(chat: int, messages: list[int]) -> None:
    """One that cannot be deleted any more must not save the others."""
    try:
        bot.delete_many(chat, messages)
    except (bot.Passing, bot.Blocked, bot.Moved):
        raise
    except bot.BotError as error:
        log.info("%d messages were not deleted together: %s", len(messages), error)
        for message in messages:
            delete_one(chat, message)


def delete_one(chat: int, message: int) -> None:
    try:
        bot.delete(chat, message)
    except (bot.Passing, bot.Blocked):
        raise
    except bot.BotError as error:
        log.info("A message was not deleted: %s", error)
