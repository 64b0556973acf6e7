from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duels.models import Notice, Room, Seat
from duels.notices import Kind
from duels.rooms import SMALLEST
from duels.telegram import bot, keyboards
from duels.telegram.answers import Answer
from duels.telegram.keyboards import Button, column, press
from duels.telegram.texts.words import Message, Write, called, duration


def opened(notice: Notice) -> Message:
    if Room.objects.filter(code=notice.params["code"], rematch_of__isnull=False, status=Room.Status.OPEN).exists():
        return rematch(notice.params["code"])
    return invitation(notice.params["code"], notice.params["size"], notice.params["rated"])


def rematch(code: str) -> Message:
    """To whoever offers it: the others are asked, but some want no such news."""
    text = _("🔁 You offer a rematch. It starts as soon as the other side accepts.")
    return Message(text, column(invite(code, link_to(code)), press(_("✖️ Not any more"), "cancel")))


def changed(notice: Notice) -> Message | None:
    """The reader's own room as it is now."""
    room = Room.objects.filter(seats__player=notice.player, seats__state=Seat.State.ROOM).first()
    return invitation(room.code, room.size, room.rated) if room else None


def invitation(code: str, size: int, rated: bool) -> Message:
    link = link_to(code)
    lines = [
        _("🔑 <b>Room %(code)s</b>") % {"code": code},
        ngettext("For %(n)d player", "For %(n)d players", size) % {"n": size}
        + ", "
        + (_("the rating is at stake") if rated else _("just for fun, no rating")),
        "",
        _("Send your friends this link:\n%(link)s\nor have them write to me: <code>/join %(code)s</code>")
        % {"link": link, "code": code},
        "",
        _("When all are here, it starts by itself. The room stays open for %(time)s.")
        % {"time": duration(settings.ROOM_SECONDS)},
    ]
    return Message("\n".join(lines), column(*invitation_buttons(code, link, rated)))


def link_to(code: str) -> str:
    return f"https://t.me/{bot.username()}?start=room_{code}"


def invite(code: str, link: str) -> Button:
    words = _("I challenge you to a duel of faces! 🎭 Room %(code)s") % {"code": code}
    return keyboards.share(_("📨 Invite"), link, words)


def invitation_buttons(code: str, link: str, rated: bool) -> list[Button]:
    switch = press(_("🕊 Play without rating"), "rated", 0) if rated else press(_("🏅 Play for rating"), "rated", 1)
    return [
        invite(code, link),
        Button(_("📋 Copy the code"), copy=code),
        switch,
        press(_("✖️ Close the room"), "cancel"),
    ]


def joined(notice: Notice) -> Message:
    about = notice.params
    if about["who"] == notice.player.public_id:
        first = _("🚪 You are in room <b>%(code)s</b>!") % about
    else:
        first = _("🚪 <b>%(name)s</b> has come into room %(code)s.") % {**about, "name": called(about["who"])}
    return Message("\n".join([first, *inside(notice)]), inside_buttons(notice))


def left(notice: Notice) -> Message:
    about = notice.params
    if about["who"] == notice.player.public_id:
        return Message(_("👋 You have left room %(code)s.") % about, keyboards.menu())
    first = _("👋 <b>%(name)s</b> has left room %(code)s.") % {**about, "name": called(about["who"])}
    return Message("\n".join([first, *inside(notice)]), inside_buttons(notice))


def inside(notice: Notice) -> list[str]:
    lines = [_("👥 %(inside)d of %(size)d") % notice.params]
    if may_start(notice):
        lines.append(_("Start now, or wait for the rest."))
    elif notice.params["inside"] >= SMALLEST:
        lines.append(_("It starts when all are here, or when the host says so."))
    return lines


def may_start(notice: Notice) -> bool:
    return notice.params["owner"] == notice.player.public_id and notice.params["inside"] >= SMALLEST


def inside_buttons(notice: Notice) -> keyboards.Rows:
    own = notice.params["owner"] == notice.player.public_id
    begin = press(_("▶️ Start now"), "begin") if may_start(notice) else None
    return column(begin, press(_("✖️ Close the room") if own else _("🚪 Leave the room"), "cancel"))


def closed(notice: Notice) -> Message:
    return Message(_("🔒 Room %(code)s is closed.") % notice.params, keyboards.menu())


def expired(notice: Notice) -> Message:
    text = _("⌛ Room %(code)s has closed by itself: not everybody came. Open a new one?")
    return Message(text % notice.params, column(keyboards.room(), keyboards.duel()))


def rematch_offered(notice: Notice) -> Message:
    text = _("🔁 <b>%(name)s</b> wants a rematch! Are you in?") % {"name": called(notice.params["who"])}
    duel = notice.duel.public_id if notice.duel else ""
    return Message(text, column(press(_("⚔️ I'm in!"), "rematch", duel)))


def which(notice: Notice) -> Message:
    return Message(_("🔑 Which room? Send me its six-character code, or write it as <code>/join CODE</code>."))


CATALOGUE: dict[str, Write] = {
    Kind.ROOM_OPENED: opened,
    Kind.ROOM_JOINED: joined,
    Kind.ROOM_LEFT: left,
    Kind.ROOM_CLOSED: closed,
    Kind.ROOM_EXPIRED: expired,
    Kind.REMATCH_OFFERED: rematch_offered,
    Answer.ROOM: changed,
    Answer.JOIN: which,
}
