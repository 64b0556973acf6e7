"""The inbox: each update is handled once, in one transaction with all that follows from it; a sender's one by one."""

import logging

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from duels import tallies
from duels.models import Update
from duels.models.claims import ClaimQuerySet, handed_back
from duels.telegram import bot, dispatch, door, flood, shape
from emotionduel import trail
from emotionduel.logs import redacted

log = logging.getLogger(__name__)

AT_ONCE = 50  # then other jobs have their turn
TRIES = 5
LONGEST_PAUSE = 8  # seconds
WAITING = Update.Status.WAITING


def handle_updates() -> int:
    """How many there were."""
    handled = 0
    waiting = Update.objects.filter(status=WAITING)
    # Asked first: it ends many wake-ups, and whose turn it is costs more to ask.
    while handled < AT_ONCE and waiting.exists() and (found := lowest()) and found.take(WAITING):
        with trail.on(update=found.update_id), handed_back(Update, found.lease_holder):
            handle(found)
        handled += 1
    return handled


def lowest() -> Update | None:
    return due().free().filter(status=WAITING).first()


def due() -> ClaimQuerySet[Update]:
    """Of each sender the lowest alone."""
    earlier = Update.objects.filter(sender=OuterRef("sender"), status=WAITING, update_id__lt=OuterRef("update_id"))
    return Update.objects.exclude(Exists(earlier)).order_by("update_id")


def handle(update: Update) -> None:
    try:
        done = handle_once(update)
    except Exception as error:  # whatever it is, it must not hold up the sender's other updates for ever
        log.exception("Update %d failed, try %d", update.update_id, update.tries)
        put_off(update, error)
        return
    if done and shape.understood(update.payload) and (press := dispatch.press_of(update.payload)):
        answer(press)


@transaction.atomic
def handle_once(update: Update) -> bool:
    # The locks keep two workers off one sender's updates, should a lower one come in while this one is handled.
    whose = {"sender": update.sender} if update.sender else {"pk": update.pk}
    waiting = Update.objects.select_for_update(no_key=True).filter(status=WAITING, **whose)
    held = list(waiting.order_by("update_id").values_list("pk", "lease_holder"))
    if held[:1] != [(update.pk, update.lease_holder)]:
        Update.objects.filter(pk=update.pk).release(update.lease_holder)
        return False
    odd = "" if shape.understood(update.payload) else "dropped: no such thing comes from Telegram"
    if not odd and flood.lets_pass(update):
        dispatch.dispatch(update.payload)
    settled(update, "dropped" if odd else "done")
    done = {"status": Update.Status.DONE, "handled_at": timezone.now(), "lease_holder": "", "lease_until": None}
    Update.objects.filter(pk=update.pk).update(error=odd, **done)
    return True


def settled(update: Update, outcome: str) -> None:
    tallies.count_committed("updates_handled", door.kind_of(update.payload), outcome)
    if outcome in {"done", "dropped"}:
        tallies.took("update_seconds", (timezone.now() - update.received_at).total_seconds())
    trail.say(log, "%s", "handled" if outcome == "done" else outcome)


def put_off(update: Update, error: Exception) -> None:
    mine = Update.objects.filter(pk=update.pk, lease_holder=update.lease_holder)
    mine.update(error=redacted(f"{type(error).__name__}: {error}")[:1000])
    if update.tries >= TRIES:
        mine.update(status=Update.Status.FAILED, lease_holder="", lease_until=None)
        settled(update, "failed")
    else:
        settled(update, "put_off")
        mine.release(update.lease_holder, delay=min(2**update.tries, LONGEST_PAUSE))


def answer(press: str) -> None:
    """After the commit; whether it works is of no matter to the game ("query is too old")."""
    try:
        bot.answer_press(press)
    except bot.BotError as error:
        log.info("A press was not answered: %s", error)
