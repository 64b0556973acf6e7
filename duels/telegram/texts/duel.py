"""From the prompt to the last photo."""

from django.conf import settings
from django.utils.translation import gettext as _

from duels import play, queries
from duels.models import Duel, Entry, Notice
from duels.notices import Kind
from duels.telegram import keyboards
from duels.telegram.answers import Answer
from duels.telegram.keyboards import column, press
from duels.telegram.texts.words import (
    Message,
    Write,
    called,
    duel_time,
    duration,
    listed,
    opponents,
    task,
    who,
)

SAY_WHAT_TO_DO = {"too_heavy", "heic", "truncated"}


def duel_of(notice: Notice) -> Duel:
    assert notice.duel is not None, f"a {notice.kind} is of a duel"  # noqa: S101
    return notice.duel


def prompt(notice: Notice) -> Message:
    duel = duel_of(notice)
    if duel.practice:
        return practice_prompt(duel)
    lines = [
        _("⚔️ Against you: <b>%(names)s</b>")
        % {"names": listed([who(player) for player in opponents(duel, notice.player)])},
        "",
        f"🎭 <b>{task(duel)}</b>  {stars(duel)}",
        "",
        _("📸 Send me one photo of your face, or a video note. You have %(time)s, and the first clear face counts.")
        % {"time": duel_time()},
    ]
    return Message("\n".join(lines))


def practice_prompt(duel: Duel) -> Message:
    lines = [
        _("🪞 <b>Practice</b>, just you and the judge"),
        "",
        f"🎭 <b>{task(duel)}</b>  {stars(duel)}",
        "",
        _("📸 Send me a photo of your face: I'll tell you at once what the judge saw."),
    ]
    return Message("\n".join(lines), column(press(_("🎲 Another one"), "practice")))


def stars(duel: Duel) -> str:
    return "⭐" * (duel.prompt.difficulty if duel.prompt else 1)


def reminder(notice: Notice) -> Message:
    text = _("⏰ <b>%(time)s left!</b> I am still waiting for your photo:\n🎭 %(task)s")
    about = {"time": duration(settings.REMINDER_SECONDS), "task": task(notice.duel)}
    return Message(text % about)


def received(notice: Notice) -> Message:
    return Message(_("📸 Got it! The judge is putting on their glasses…"))


def unreadable(notice: Notice) -> Message:
    reason = notice.params["reason"]
    more = "" if reason in SAY_WHAT_TO_DO else "\n" + _("You can send another one.")
    return Message(why_unreadable(reason) + more)


def why_unreadable(reason: str) -> str:
    return {
        "empty": _("🤔 The file is empty."),
        "too_large": _("🐘 The file is larger than 20 MB."),
        "too_many_pixels": _("🐘 That picture is gigantic: over 50 megapixels."),
        "too_heavy": _("🐘 That picture is too heavy for me. Send it smaller, or as an ordinary photo."),
        "heic": _("🍏 I can't open HEIC and AVIF. Send it as an ordinary photo, not as a file."),
        "not_a_photo": _("🤔 That isn't a picture. I take JPEG, PNG and WebP."),
        "truncated": _("✂️ The picture has come without its end. Send it once more."),
    }.get(reason, _("💔 The picture is damaged, I can't open it."))


def faceless(notice: Notice) -> Message:
    lines = [
        _("🙈 <b>I can't find a face here.</b>"),
        _("More light, eyes to the camera, nothing in front of your face, and one more time!"),
    ]
    return Message("\n".join(lines))


def copied(notice: Notice) -> Message:
    why = {
        "copy_mine": _("♻️ <b>You have shown this picture before.</b> Each one counts once, in practice, too."),
        "copy_others": _("♻️ <b>Somebody has shown this picture before.</b> Here everybody shows a face of their own."),
        "copy_duel": _("♻️ <b>This very picture is in the duel already.</b> Everybody needs one of their own."),
    }[notice.params["reason"]]
    more = (
        _("One more try: take a new one right now. The clock goes on.")
        if notice.params["again"]
        else _("It was the second time, so this duel goes on without your face.")
    )
    return Message(f"{why}\n{more}")


def judged(notice: Notice) -> Message:
    return Message(_("✅ Your face is in, the judge has seen it. Now we wait for the other side…"))


def is_awaited(notice: Notice) -> bool:
    """The reader has still to show a face."""
    return duel_of(notice).entries.filter(player=notice.player, status__in=play.UNJUDGED).exists()


def opponent_sent(notice: Notice) -> Message | None:
    status = duel_of(notice).entries.values_list("status", flat=True).get(player=notice.player)
    if status == Entry.Status.LEFT:
        return None
    text = (
        _("👀 <b>%(name)s</b> has sent a photo. Your turn!")
        if status in play.UNJUDGED
        else _("👀 <b>%(name)s</b> has sent a photo, too.")
    )
    return Message(text % {"name": called(notice.params["who"])})


def opponent_left(notice: Notice) -> Message:
    text = (
        _("🏳️ <b>%(name)s</b> has given up. Show your face all the same: the win waits for it!")
        if is_awaited(notice)
        else _("🏳️ <b>%(name)s</b> has given up.")
    )
    return Message(text % {"name": called(notice.params["who"])})


def opponent_unreachable(notice: Notice) -> Message:
    text = (
        _("📵 <b>%(name)s</b> has gone out of reach. The duel goes on: send your photo, and luck is on your side.")
        if is_awaited(notice)
        else _("📵 <b>%(name)s</b> has gone out of reach. The duel goes on.")
    )
    return Message(text % {"name": called(notice.params["who"])})


def give_up(notice: Notice) -> Message | None:
    duel = queries.running_duel(notice.player)
    if duel is None:
        return Message(_("🤷 There is nothing to give up: the duel is over."), keyboards.menu())
    lines = [_("🏳️ Give up?"), _("It counts as a defeat. One photo could still save you:"), f"🎭 <b>{task(duel)}</b>"]
    return Message("\n".join(lines), column(press(_("🏳️ Yes, I give up"), "give_up", duel.public_id)))


CATALOGUE: dict[str, Write] = {
    Kind.PROMPT: prompt,
    Kind.REMINDER: reminder,
    Kind.PHOTO_RECEIVED: received,
    Kind.PHOTO_UNREADABLE: unreadable,
    Kind.PHOTO_FACELESS: faceless,
    Kind.PHOTO_COPIED: copied,
    Kind.PHOTO_JUDGED: judged,
    Kind.OPPONENT_SENT: opponent_sent,
    Kind.OPPONENT_LEFT: opponent_left,
    Kind.OPPONENT_UNREACHABLE: opponent_unreachable,
    Answer.GIVE_UP: give_up,
}
