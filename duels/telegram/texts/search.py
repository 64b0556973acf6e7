from django.conf import settings
from django.utils.translation import gettext as _

from duels.models import Notice
from duels.notices import Kind
from duels.telegram import keyboards
from duels.telegram.keyboards import column, press
from duels.telegram.texts.words import Message, Write, duration

BORED_AFTER = 20  # seconds


def waiting(notice: Notice) -> Message:
    about = notice.params
    reach = _("anyone") if about["reach"] is None else f"±{about['reach']}"
    lines = [
        _("🔎 <b>Looking for an opponent…</b>"),
        _("👥 In the queue: %(n)d   🎯 Rating: %(reach)s") % {"n": about["waiting"], "reach": reach},
    ]
    if about["waited"] < BORED_AFTER:
        return Message("\n".join(lines), column(keyboards.stop()))
    lines.append(_("\nBored? Warm up in practice: your place in the queue stays yours."))
    return Message("\n".join(lines), column(keyboards.practice(), keyboards.stop()))


def ready(notice: Notice) -> Message:
    text = _("🔔 <b>An opponent is here!</b>\nStill with us? Press within %(time)s, and off you go.")
    rows = column(press(_("🥊 I'm ready!"), "ready"), keyboards.stop())
    return Message(text % {"time": duration(notice.params["seconds"])}, rows, loud=True)


def found(notice: Notice) -> Message:
    text = _("🤝 <b>An opponent is found!</b>\nThey have %(time)s to say that they are here.")
    return Message(text % {"time": duration(notice.params["seconds"])}, column(keyboards.stop()))


def resumed(notice: Notice) -> Message:
    text = _("😴 That opponent has dozed off. We go on looking, and you keep your place.")
    return Message(text, column(keyboards.practice(), keyboards.stop()))


def dropped(notice: Notice) -> Message:
    text = _("⏳ You didn't answer in time, so the search has stopped. No harm done: come back whenever you like!")
    return Message(text, keyboards.play_again(), loud=True)


def ended(notice: Notice) -> Message:
    text = _("🌙 %(time)s, and nobody came. Call a friend into a room, or polish your faces in practice.")
    rows = column(keyboards.room(), keyboards.practice(), press(_("🔎 Search once more"), "duel"))
    return Message(text % {"time": duration(settings.SEARCH_SECONDS).capitalize()}, rows, loud=True)


def cancelled(notice: Notice) -> Message:
    return Message(_("👌 The search has stopped."), keyboards.menu())


def over(notice: Notice) -> Message:
    return Message(_("🤝 An opponent is found. To battle!"), only_edits=True)


CATALOGUE: dict[str, Write] = {
    Kind.SEARCH_WAITING: waiting,
    Kind.SEARCH_READY: ready,
    Kind.SEARCH_FOUND: found,
    Kind.SEARCH_RESUMED: resumed,
    Kind.SEARCH_DROPPED: dropped,
    Kind.SEARCH_ENDED: ended,
    Kind.SEARCH_CANCELLED: cancelled,
    Kind.SEARCH_OVER: over,
}
