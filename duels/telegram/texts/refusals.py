"""Why something was not done, and what to do instead."""

from collections.abc import Callable
from html import escape
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.refusals import Refusal as Account
from duels import cases, play, queries
from duels.models import Notice, Seat
from duels.refusals import Refusal as Game
from duels.telegram import keyboards
from duels.telegram.answers import Unfit
from duels.telegram.keyboards import Rows, column, press
from duels.telegram.texts.duel import why_unreadable
from duels.telegram.texts.moderation import grounds, until, words
from duels.telegram.texts.words import Message, duration, task

MINUTE = 60

About = dict[str, Any]
Why = Callable[[Notice, About], Message]


def refused(notice: Notice) -> Message:
    reason = notice.params["reason"]
    return WHY[reason](notice, notice.params["about"])


def plain(text: Callable[[], str], rows: Callable[[], Rows] = tuple) -> Why:
    """Called when it is read: the words are found in the reader's language."""
    return lambda notice, about: Message(text(), rows())


def busy(notice: Notice, about: About) -> Message:
    state = about["state"]
    if state == Seat.State.DUEL:
        return in_a_duel(notice)
    if state == Seat.State.ROOM:
        rows = column(press(_("🚪 Leave the room"), "cancel"))
        return Message(_("🔑 You are in a room. Leave it first."), rows)
    if state == Seat.State.PAIRED:
        rows = column(press(_("🥊 I'm ready!"), "ready"), keyboards.stop())
        return Message(_("🤝 An opponent is found already: it is about to start."), rows)
    return Message(_("🔎 I am looking for your opponent already."), column(keyboards.stop()))


def in_a_duel(notice: Notice) -> Message:
    duel = queries.running_duel(notice.player)
    if duel and duel.entries.filter(player=notice.player, status__in=play.UNJUDGED).exists():
        text = _("⚔️ You are in a duel right now! I am waiting for your photo:\n🎭 %(task)s")
        return Message(text % {"task": task(duel)})
    return Message(_("⚔️ You are in a duel right now, and your photo is in. The result is not far off."))


def name_length(notice: Notice, about: About) -> Message:
    return Message(_("📏 A name has %(shortest)d to %(longest)d characters. Try another one: /name") % about)


def name_taken(notice: Notice, about: About) -> Message:
    text = _("👯 “%(name)s” is taken, or looks too much like somebody's name. Try another one: /name")
    return Message(text % {"name": escape(about["name"])}, column(press(_("🎲 Suggest some"), "names")))


def language_unknown(notice: Notice, about: About) -> Message:
    text = _("🌐 I don't speak “%(language)s” yet. Choose here: /language")
    return Message(text % {"language": escape(str(about["language"])[:20])})


def suspended(notice: Notice, about: About) -> Message:
    """Why, in the reader's language and in the moderator's words; until when."""
    act = cases.suspension_of(notice.player)
    lines = [until(parse_datetime(str(about["until"])))]
    return Message("\n".join([*lines, *(grounds(act) if act else words(about["because"]))]))


def paused(notice: Notice, about: About) -> Message:
    lines = [
        _("⏳ Opponents have waited for your photo in vain: %(times)d today.") % about,
        _("So the search opens again in %(time)s. After a day that is forgotten.") % {"time": pause(about["seconds"])},
    ]
    return Message("\n".join(lines), column(keyboards.room(), keyboards.practice()))


def pause(seconds: int) -> str:
    return duration(seconds if seconds < MINUTE else -(-seconds // MINUTE) * MINUTE)


def room_unknown(notice: Notice, about: About) -> Message:
    if not about["code"]:
        return Message(_("🔑 You are in no open room."), column(keyboards.room()))
    text = _("🔑 There is no open room %(code)s. It may have started or closed: ask for a new code.")
    return Message(text % {"code": escape(about["code"])}, column(keyboards.room()))


def room_full(notice: Notice, about: About) -> Message:
    text = _("🔑 Room %(code)s is full. Open one of your own?")
    return Message(text % about, column(keyboards.room(), keyboards.duel()))


def room_size(notice: Notice, about: About) -> Message:
    return Message(_("🔑 A room is for %(smallest)d to %(largest)d players: <code>/room 3</code>") % about)


def already_inside(notice: Notice, about: About) -> Message:
    return Message(_("🔑 You are in room %(code)s already. We wait for the others.") % about)


def no_duel(notice: Notice, about: About) -> Message:
    return Message(_("📸 Nice one! But you have no duel now. Let's find one:"), keyboards.menu())


def consent_needed(notice: Notice, about: About) -> Message:
    return Message(_("✋ First we must agree on a few things: /start"))


WHY: dict[str, Why] = {
    Account.NAME_LENGTH: name_length,
    Account.NAME_LETTERS: plain(
        lambda: _("🔤 Letters, digits, spaces and - _ . ' make a name. Try another one: /name")
    ),
    Account.NAME_RESERVED: plain(lambda: _("👮 That name might be taken for ours. Try another one: /name")),
    Account.NAME_RUDE: plain(lambda: _("🧼 That name might hurt somebody. Try another one: /name")),
    Account.NAME_TAKEN: name_taken,
    Account.NAME_TAKEN_AWAY: plain(lambda: _("✏️ A moderator has taken that name from you. Try another one: /name")),
    Account.LANGUAGE_UNKNOWN: language_unknown,
    Account.CONSENT_NEEDED: consent_needed,
    Account.SUSPENDED: suspended,
    Account.BLOCKS_ONESELF: plain(lambda: _("🪞 You can't block yourself. Make peace!")),
    Account.GONE: plain(lambda: _("👻 This account is deleted. A new one begins with /start")),
    Game.PAUSED: paused,
    Game.TOO_FAST: plain(lambda: _("🐢 Slowly! That was too much at once. I listen again in a minute.")),
    Game.BUSY: busy,
    Game.NOT_PAIRED: plain(lambda: _("⌛ Too late, that opponent is gone. Search once more?"), keyboards.play_again),
    Game.NOWHERE: plain(lambda: _("🤷 There is nothing to cancel. Shall we play?"), keyboards.menu),
    Game.ROOM_UNKNOWN: room_unknown,
    Game.ROOM_FULL: room_full,
    Game.ROOM_SIZE: room_size,
    Game.ROOM_NOT_YOURS: plain(lambda: _("🔑 Only the room's host can do that.")),
    Game.ROOM_TOO_EMPTY: plain(lambda: _("🔑 You are alone in the room. Wait for at least one more.")),
    Game.ALREADY_IN_ROOM: already_inside,
    Game.NO_PROMPTS: plain(lambda: _("🎭 We have run out of tasks! Come back a little later, we are on it.")),
    Game.NO_DUEL: no_duel,
    Game.TOO_LATE: plain(lambda: _("⌛ Time is up, this photo came too late. The result is on its way.")),
    Game.PHOTO_FINAL: plain(
        lambda: _("✅ Your face has been judged already, it can't be changed. Wait for the result.")
    ),
    Game.PHOTO_SENT: plain(lambda: _("📸 Your photo is with the judge: no way back, only forward!")),
    Game.NOT_YOUR_DUEL: plain(lambda: _("🕵️ That isn't your duel.")),
    Game.DUEL_NOT_OVER: plain(lambda: _("⚔️ That duel isn't over yet.")),
    Game.OPPONENT_GONE: plain(
        lambda: _("🍃 Your opponent can't be had for a rematch. A new one?"), keyboards.play_again
    ),
    Game.NOTHING_TO_GIVE: plain(lambda: _("🎓 There is no photo of yours in that duel that could be given.")),
    Game.PHOTO_UNKNOWN: plain(lambda: _("↩️ This photo is gone: it is kept no more.")),
    Unfit.HEIC: plain(lambda: why_unreadable("heic")),
    Unfit.TOO_BIG: plain(lambda: why_unreadable("too_large")),
    Unfit.NOT_A_PICTURE: plain(lambda: why_unreadable("not_a_photo")),
    Unfit.VIDEO: plain(lambda: _("🎬 I don't take videos. A photo, please, or a round video note.")),
    Unfit.STICKER: plain(lambda: _("🦄 Pretty! But I need your own face: a photo, please.")),
    Unfit.VOICE: plain(lambda: _("👂 I'm deaf, but I have sharp eyes: a photo, please.")),
}
