"""The outbox: one player's notices in order, each until Telegram has said what became of it."""

import logging
import time
from datetime import timedelta

from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.utils import timezone

from duels import lobby, play, tallies
from duels.models import Duel, Notice
from duels.models.claims import ClaimQuerySet, kept
from duels.notices import Kind
from duels.telegram import bot, pictures, removal
from duels.telegram.messages import Message, render
from emotionduel import trail
from emotionduel.logs import redacted

log = logging.getLogger(__name__)

AT_ONCE = 20  # then other players have their turn
TRIES = 5  # where the fault is ours
LONGEST_PAUSE = 8.0  # so that all goes on within 15 seconds once Telegram is back
DATABASE_SECONDS, DATABASE_PAUSE = 30.0, 0.2
GIVEN_UP = timedelta(days=1)
SEARCH = "search-"
WAITING = Notice.Status.WAITING

# Of no use once the duel is over: its result says more.
OF_A_RUNNING_DUEL = {
    Kind.PROMPT,
    Kind.REMINDER,
    Kind.PHOTO_RECEIVED,
    Kind.PHOTO_JUDGED,
    Kind.OPPONENT_SENT,
    Kind.OPPONENT_LEFT,
    Kind.OPPONENT_UNREACHABLE,
}
LAST_WORDS = {Kind.REMOVAL, Kind.FORGOTTEN}


def send_notices(*players: int) -> int:
    """One after another, and each player's own in their order."""
    with pictures.kept_at_hand():
        return sum(map(tried, players))


def tried(player: int) -> int:
    """Whatever goes wrong with one, the others are not to wait for the reconciler."""
    try:
        return send_to(player)
    except Exception:
        log.exception("Player %d's notices wait", player)
        return 0


def send_to(player: int) -> int:
    sent = 0
    # Asked first: it ends many wake-ups, and a notice costs more to read.
    waiting = Notice.objects.filter(player=player, status=WAITING)
    while sent < AT_ONCE and waiting.exists() and (notice := claimed(player)):
        with trail.on(**about(notice)):
            if not send(notice):
                break
        sent += 1
    return sent


def about(notice: Notice) -> trail.Marks:
    duel = {"duel": notice.duel.public_id} if notice.duel else {}
    return {**duel, "notice": notice.pk}


def claimed(player: int) -> Notice | None:
    """The lowest that waits, unless it is another's, or put off: those behind it wait too."""
    # Without what belongs to it: Django takes longer to write that join than to ask for the one or two that are needed.
    lowest = Notice.objects.filter(player=player, status=WAITING).order_by("id").first()
    return lowest if lowest and lowest.take(WAITING) else None


def send(notice: Notice) -> bool:
    """False: it has to wait, and all behind it."""
    try:
        with kept(Notice, notice.lease_holder):
            return attempt(notice)
    except bot.Passing as error:
        return put_off(notice, f"{type(error).__name__}: {error}", error.after, isinstance(error, bot.Silent))
    except bot.Blocked as error:
        blocked(notice, str(error))
    except bot.BotError as error:
        log.error("Notice %d (%s) was refused: %s", notice.pk, notice.kind, error)
        settle(notice, Notice.Status.FAILED, str(error))
    except Exception as error:
        log.exception("Notice %d (%s) failed, try %d", notice.pk, notice.kind, notice.tries)
        if notice.tries < TRIES:
            return put_off(notice, f"{type(error).__name__}: {error}", 0.0, silent=False)
        settle(notice, Notice.Status.FAILED, f"{type(error).__name__}: {error}")
    return True


def attempt(notice: Notice) -> bool:
    begin(notice)
    if too_late := superfluous(notice):
        return settle(notice, Notice.Status.DROPPED, too_late)
    if notice.kind == Kind.REMOVAL:
        removal.remove(notice)
        return settle(notice, Notice.Status.SENT, "", sent_at=timezone.now())
    message = render(notice)
    if message is None:
        return settle(notice, Notice.Status.DROPPED, "nothing to say any more")
    message_id = place(notice, message)
    if message_id is None:
        return settle(notice, Notice.Status.DROPPED, "there was no message to change")
    return written_down(notice, message_id)


def written_down(notice: Notice, message_id: int) -> bool:
    """Telegram has it. Should the database be away just now, it is waited for: else it would be sent once more."""
    end = time.monotonic() + DATABASE_SECONDS
    while True:
        try:
            if notice.kind == Kind.PROMPT and notice.duel_id:
                return sent(notice, message_id)
            return settle(notice, Notice.Status.SENT, "", sent_at=timezone.now(), message_id=message_id)
        except (OperationalError, InterfaceError):
            if time.monotonic() > end:
                raise
            close_old_connections()
            time.sleep(DATABASE_PAUSE)


def begin(notice: Notice) -> None:
    """An earlier try that left no word was cut off in the middle: Telegram may have sent it all the same."""
    if notice.tries > 1:
        repeated(notice, not notice.error)
        mine(notice).update(repeated=notice.repeated, error="")


def repeated(notice: Notice, again: bool) -> None:
    """From now on: it may arrive twice."""
    if again and not notice.repeated:
        tallies.count("notices", "repeated")
    notice.repeated = notice.repeated or again


def superfluous(notice: Notice) -> str:
    """Why nobody needs it any more."""
    if notice.chat_id is None and (notice.player.telegram_id is None or notice.player.unreachable_at):
        return "the player cannot be reached"
    if notice.duel and notice.kind in OF_A_RUNNING_DUEL and not notice.duel.running:
        return "the duel is over"
    if notice.duel and notice.kind == Kind.RESULT and notice.duel.status == Duel.Status.VOID:
        return "the duel was called off"
    later = Notice.objects.filter(player=notice.player_id, topic=notice.topic, pk__gt=notice.pk, status=WAITING)
    return "a later one says more" if notice.topic.startswith(SEARCH) and later.exists() else ""


def place(notice: Notice, message: Message) -> int | None:
    """The id of the message that now shows it."""
    chat = notice.chat_id or notice.player.telegram_id
    assert chat is not None, "superfluous() lets nobody else through"  # noqa: S101
    earlier = message_before(notice)
    try:
        if earlier and not message.loud and (edited := edit(chat, earlier, message)):
            return edited
        return None if message.only_edits else fresh(chat, earlier, notice, message)
    except bot.Moved as moved:
        Notice.objects.filter(chat_id=chat, status=WAITING).update(chat_id=moved.chat_id)
        return fresh(moved.chat_id, None, notice, message)


def message_before(notice: Notice) -> int | None:
    """The message that this one takes the place of: the one whose button was pressed, or the topic's last."""
    if pressed := (notice.params.get("about") or {}).get("edit"):
        return int(pressed)
    if not notice.topic:
        return None
    before = Notice.objects.filter(player=notice.player_id, topic=notice.topic, pk__lt=notice.pk)
    return before.exclude(message_id=None).order_by("-pk").values_list("message_id", flat=True).first()


def edit(chat: int, earlier: int, message: Message) -> int | None:
    """None: that message cannot be changed; it is gone, or a picture."""
    try:
        return bot.edit(chat, earlier, message.text, message.rows)
    except bot.NotModified:
        return earlier
    except (bot.Passing, bot.Blocked, bot.Moved):
        raise
    except bot.BotError:
        return None


def fresh(chat: int, earlier: int | None, notice: Notice, message: Message) -> int:
    if earlier and message.loud:
        remove(chat, earlier)
    if message.document:
        return bot.send_document(chat, *message.document, message.text)
    sent = with_picture(chat, notice, message)
    return bot.send(chat, message.text, message.rows) if sent is None else sent


def with_picture(chat: int, notice: Notice, message: Message) -> int | None:
    """None: the words go alone."""
    try:
        if message.card:
            return pictures.send_card(chat, message.card, notice.player, message.text, message.rows)
        if message.picture:
            return bot.send_picture(chat, message.picture, message.text, message.rows)[0]
    except (bot.Passing, bot.Blocked, bot.Moved):
        raise
    except bot.BotError:
        log.exception("The picture of notice %d was refused", notice.pk)
    return None


def remove(chat: int, message: int) -> None:
    """Tidying alone: the game goes on without it."""
    try:
        bot.delete(chat, message)
    except bot.BotError as error:
        log.info("A message was not deleted: %s", error)


@transaction.atomic
def sent(notice: Notice, message_id: int) -> bool:
    """A prompt: with the last of a duel's its clock starts."""
    assert notice.duel_id, "written_down() sends no others here"  # noqa: S101
    play.deliver(notice.duel_id, notice.player)  # first: everywhere a duel is locked before its notices
    return settle(notice, Notice.Status.SENT, "", sent_at=timezone.now(), message_id=message_id)


@transaction.atomic
def blocked(notice: Notice, error: str) -> None:
    if notice.chat_id is None:
        lobby.unreachable(notice.player)
    settle(notice, Notice.Status.DROPPED, error)


def put_off(notice: Notice, error: str, after: float, silent: bool) -> bool:
    if notice.created < timezone.now() - GIVEN_UP:
        return settle(notice, Notice.Status.FAILED, f"given up: {error}")
    repeated(notice, silent)
    tallies.count("notices", "retried")
    log.info("%s put off, try %d: %s", notice.kind, notice.tries, error)
    mine(notice).update(error=redacted(error)[:1000], repeated=notice.repeated)
    mine(notice).release(notice.lease_holder, delay=max(after, min(2.0 ** (notice.tries - 1), LONGEST_PAUSE)))
    return False


def settle(notice: Notice, status: Notice.Status, error: str, **fields: object) -> bool:
    noted(notice, status, error)
    if notice.kind in LAST_WORDS:  # the last trace of one who has gone
        fields |= {"chat_id": None, "message_id": None, "params": {}}
        error = ""
    mine(notice).update(status=status, error=redacted(error)[:1000], lease_holder="", lease_until=None, **fields)
    return True


def noted(notice: Notice, status: Notice.Status, error: str) -> None:
    tallies.count_committed("notices", "refused" if status == Notice.Status.FAILED else status.value)
    if status == Notice.Status.SENT:
        tallies.took("notice_seconds", (timezone.now() - notice.created).total_seconds())
        trail.say(log, "told: %s", notice.kind)
    else:
        trail.say(log, "not told: %s: %s", notice.kind, error)


def mine(notice: Notice) -> ClaimQuerySet[Notice]:
    return Notice.objects.filter(pk=notice.pk, lease_holder=notice.lease_holder)
