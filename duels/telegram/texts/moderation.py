"""What moderators have done, told to those it is about and to those who asked for it."""

from datetime import datetime
from html import escape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import FOR_GOOD
from duels.models import ModerationAct, Notice, Report
from duels.notices import Kind
from duels.telegram import keyboards
from duels.telegram.texts.duel import duel_of
from duels.telegram.texts.words import Message, Write, task, who


def act_of(notice: Notice) -> ModerationAct:
    return ModerationAct.objects.select_related("player", "duel__prompt").get(pk=notice.params["act"])


def until(when: datetime | None) -> str:
    if when is None or when >= FOR_GOOD:
        return _("⛔ You can't play any more.")
    return _("⛔ You can't play until %(until)s (UTC).") % {"until": date_format(when, "DATETIME_FORMAT")}


def grounds(act: ModerationAct) -> list[str]:
    """The reason in the reader's language, then what the moderator has written."""
    reason = [_("Reason: %(reason)s") % {"reason": Report.Reason(act.reason).label}] if act.reason else []
    return [*reason, *words(act.why)]


def words(because: str) -> list[str]:
    return [_("The moderator's words: %(because)s") % {"because": escape(because)}] if because else []


def photo_in(act: ModerationAct) -> str:
    return _("It is about your photo for “%(task)s”.") % {"task": task(act.duel)}


def warned(notice: Notice) -> Message:
    act = act_of(notice)
    lines = [_("⚠️ <b>A warning from the moderators.</b>"), photo_in(act), *grounds(act)]
    return Message("\n".join([*lines, "", _("Nothing else comes of it this time.")]))


def warning_lifted(notice: Notice) -> Message:
    return Message(_("🕊 The moderators take their warning back. Sorry for the trouble!"), keyboards.menu())


def suspended(notice: Notice) -> Message:
    act = act_of(notice)
    return Message("\n".join([until(act.until), photo_in(act), *grounds(act)]))


def suspension_lifted(notice: Notice) -> Message:
    if notice.player.suspended(timezone.now()):  # by another act
        lines = [_("🕊 The moderators take one suspension back, but another one stands:")]
        return Message("\n".join([*lines, until(notice.player.suspended_until)]))
    return Message(_("🕊 The moderators take your suspension back: you can play again."), keyboards.menu())


def name_taken_away(notice: Notice) -> Message:
    act = act_of(notice)
    lines = [_("✏️ <b>The moderators have taken your name “%(former)s” away.</b>") % {"former": escape(act.former)}]
    now = _("You are called <b>%(given)s</b> now. Choose another name: /name")
    return Message("\n".join([*lines, *grounds(act), "", now % {"given": escape(act.given)}]))


def name_given_back(notice: Notice) -> Message:
    act = act_of(notice)
    if act.player.name == act.former:
        text = _("🕊 The moderators take it back: you are called <b>%(former)s</b> again. Sorry for the trouble!")
    else:
        text = _("🕊 The moderators take it back: the name “%(former)s” is allowed. To choose it: /name")
    return Message(text % {"former": escape(act.former)}, keyboards.menu())


def called_off(notice: Notice) -> Message:
    act = act_of(notice)
    about = {"task": task(duel_of(notice))}
    if act.player_id == notice.player_id:
        lines = [_("⚖️ The moderators have called your duel “%(task)s” off because of your photo.") % about]
        lines += grounds(act)
    else:
        lines = [_("⚖️ The moderators have called your duel “%(task)s” off because of an opponent's photo.") % about]
    lines += ["", _("It counts for nobody, as if it had never been played."), rating(notice)]
    return Message("\n".join(lines), keyboards.play_again())


def restored(notice: Notice) -> Message:
    text = _("⚖️ Your duel “%(task)s” counts again: the moderators have taken their decision back.")
    return Message("\n".join([text % {"task": task(duel_of(notice))}, rating(notice)]))


def rating(notice: Notice) -> str:
    before, after = notice.params["before"], notice.params["after"]
    if before == after:
        return _("🕊 The rating stays as it was.")
    return _("Your rating: %(before)s → <b>%(after)s</b>") % {"before": before, "after": after}


def upheld(notice: Notice) -> Message:
    text = _("🙏 You were right about the photo of <b>%(name)s</b>: the moderators have acted on your report.")
    return Message(text % {"name": who(act_of(notice).player)})


def dismissed(notice: Notice) -> Message:
    text = _("🔍 A moderator has looked at the photo of <b>%(name)s</b> and found nothing wrong with it.")
    return Message(text % {"name": who(act_of(notice).player)})


def reopened(notice: Notice) -> Message:
    text = _("🔍 The photo of <b>%(name)s</b> that you reported is being looked at once more.")
    return Message(text % {"name": who(act_of(notice).player)})


CATALOGUE: dict[str, Write] = {
    Kind.WARNED: warned,
    Kind.WARNING_LIFTED: warning_lifted,
    Kind.SUSPENDED: suspended,
    Kind.SUSPENSION_LIFTED: suspension_lifted,
    Kind.NAME_TAKEN_AWAY: name_taken_away,
    Kind.NAME_GIVEN_BACK: name_given_back,
    Kind.CALLED_OFF: called_off,
    Kind.RESTORED: restored,
    Kind.REPORT_UPHELD: upheld,
    Kind.REPORT_DISMISSED: dismissed,
    Kind.REPORT_REOPENED: reopened,
}
