"""Hello, consent, names, settings, goodbye."""

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Player
from accounts.services import Setting
from duels.models import Notice
from duels.notices import Kind
from duels.seats import seat_of
from duels.telegram import keyboards
from duels.telegram.answers import Answer
from duels.telegram.keyboards import Rows, column, in_rows, press
from duels.telegram.texts.words import Message, Write, duel_time, who


def welcome(notice: Notice) -> Message:
    code = notice.params["about"].get("code") or ""
    lines = [
        _("🎭 <b>EmotionDuel</b>: a duel of faces"),
        _("You get an emotion, “anger with a smile” say, and %(time)s. Whoever shows it best in a photo wins.")
        % {"time": duel_time()},
        "",
        _("In the game you are <b>%(name)s</b>. Nobody sees any other name of yours.") % {"name": who(notice.player)},
        "",
        _("📸 <b>What happens to your photo</b>"),
        _("• A neural judge looks at it; we keep its verdict, and no copy of the photo."),
        _("• Opponents see your face only if you let them: I'll ask in a moment."),
        _("• Changed your mind? /delete_me erases everything. More: /privacy"),
    ]
    rows = column(
        press(_("✅ I'm 16 or older and I agree"), "consent", *filter(None, [code])),
        press(_("🎲 Another name"), "another", *filter(None, [code])),
    )
    return Message("\n".join(lines), (*rows, languages(notice.player, code)))


def languages(reader: Player, room: str) -> keyboards.Row:
    """Each in its own words: whoever needs it cannot read the present one. A room's code waits on."""
    others = [(code, name) for code, name in settings.LANGUAGES if code != reader.language]
    return tuple(press(f"🌐 {name}", "language", code, *filter(None, [room])) for code, name in others[:3])


def faces(notice: Notice) -> Message:
    lines = [
        _("🤗 Welcome, <b>%(name)s</b>! One question before you play.") % {"name": who(notice.player)},
        "",
        _("The result is a picture of all players. May your opponents see <b>your face</b> there?"),
        _("If not, they see your initials. /settings lets you change it whenever you like."),
    ]
    rows = column(press(_("😎 Yes, they may"), "faces", 1), press(_("🫣 No, my initials"), "faces", 0))
    return Message("\n".join(lines), rows)


def menu(notice: Notice) -> Message:
    if seat_of(notice.player):  # something goes on already: other messages tell of it
        return Message(_("👌 Done!"))
    return Message(_("🎭 Well, <b>%(name)s</b>, shall we?") % {"name": who(notice.player)}, keyboards.menu())


def name(notice: Notice) -> Message:
    proposed = notice.params["about"]["names"]
    lines = [
        _("✏️ You are <b>%(name)s</b> now.") % {"name": who(notice.player)},
        _("Choose one of these, or write your own: <code>/name My Name</code>"),
    ]
    buttons = [press(each, "name", each) for each in proposed]
    return Message("\n".join(lines), column(*buttons, press(_("🎲 Others"), "names")))


def renamed(notice: Notice) -> Message:
    return Message(_("✏️ Done! From now on you are <b>%(name)s</b>.") % {"name": who(notice.player)}, keyboards.menu())


def language(notice: Notice) -> Message:
    rows = in_rows(press(own, "language", code) for code, own in settings.LANGUAGES)
    return Message(_("🌐 Which language shall we speak?"), rows)


def settings_(notice: Notice) -> Message:
    text = _("⚙️ <b>Settings</b>\nPress to change. The name: /name")
    return Message(text, (*switches(notice.player), (press(_("🌐 Language"), "language"),)))


def switches(player: Player) -> Rows:
    words = {
        Setting.NOTIFICATIONS: _("Reminders and news of opponents"),
        Setting.FACE_FOR_OPPONENTS: _("My face on results, for opponents"),
        Setting.FACE_FOR_PUBLIC: _("My face on results, for everybody"),
        Setting.ON_LEADERBOARD: _("Me in the tables"),
    }
    return column(*(switch(player, setting, text) for setting, text in words.items()))


def switch(player: Player, setting: Setting, text: str) -> keyboards.Button:
    on = getattr(player, f"{setting}_at") is not None
    return press(f"{'✅' if on else '⬜'} {text}", "set", setting, 0 if on else 1)


def delete(notice: Notice) -> Message:
    lines = [
        _("🗑 <b>Delete everything about you?</b>"),
        _("Name, rating, consents, traces of photos: all of it, for ever. Your opponents' duels keep a nameless mark."),
    ]
    rows = column(press(_("😱 No, I stay"), "delete", "no"), press(_("🗑 Yes, delete me"), "delete", "yes"))
    return Message("\n".join(lines), rows)


def kept(notice: Notice) -> Message:
    return Message(_("🥳 Phew! Everything stays as it was."), keyboards.menu())


def forgotten(notice: Notice) -> Message:
    return Message(_("👋 Done, you are gone from here: we remember nothing. Should you miss us: /start"))


def lost(notice: Notice) -> Message:
    return Message(_("🤖 I only understand faces, room codes and commands. Here is what we can do:"), keyboards.menu())


def unknown_command(notice: Notice) -> Message:
    return Message(_("🤖 I don't know that command. All that I know: /help"), keyboards.menu())


def old_button(notice: Notice) -> Message:
    return Message(_("🕸 That button has grown old. Take a fresh one:"), keyboards.menu())


def edited(notice: Notice) -> Message:
    return Message(_("✋ An edited photo doesn't count. Send it as a new message."))


CATALOGUE: dict[str, Write] = {
    Answer.WELCOME: welcome,
    Answer.FACES: faces,
    Answer.MENU: menu,
    Answer.NAME: name,
    Answer.RENAMED: renamed,
    Answer.LANGUAGE: language,
    Answer.SETTINGS: settings_,
    Answer.DELETE: delete,
    Answer.KEPT: kept,
    Answer.LOST: lost,
    Answer.UNKNOWN_COMMAND: unknown_command,
    Answer.OLD_BUTTON: old_button,
    Answer.EDITED: edited,
    Kind.FORGOTTEN: forgotten,
}
