"""/web: the way into the site, without a password."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import signin
from accounts.models import Player
from duels.models import Notice
from duels.telegram.answers import Answer
from duels.telegram.keyboards import Button, column, secure
from duels.telegram.texts.words import Message, Write


def web(notice: Notice) -> Message:
    if not settings.BASE_URL:
        return Message(_("🌐 I have no page on the web here. But all that matters is in this chat!"))
    lines = [_("🌐 <b>EmotionDuel on the web</b>"), _("The live leaderboard, your duels, your settings."), ""]
    app = Button(_("📱 My page in Telegram"), app=f"{settings.BASE_URL}/web-app/") if secure() else None
    if secure() and settings.TELEGRAM_LOGIN:
        lines.append(_("The button signs you in: Telegram tells the site who you are, nothing more."))
        button = Button(_("🔑 Watch on the web"), login=f"{settings.BASE_URL}/signin/telegram/")
        return Message("\n".join(lines), column(button, app))
    lines.append(_("The link signs you in, once, within %(n)d minutes. Give it to nobody!") % {"n": minutes()})
    link = address(notice.player)
    if not is_public(link):
        return Message("\n".join([*lines, f"<code>{link}</code>"]))
    return Message("\n".join(lines), column(Button(_("🔑 Watch on the web"), url=link), app))


def address(player: Player) -> str:
    """Made at the moment of sending: its minutes begin now, and the token stands in this message alone."""
    return f"{settings.BASE_URL}/signin/{signin.make_link(player)}/"


def is_public(link: str) -> bool:
    """Telegram takes no button for http://localhost."""
    return "." in (urlsplit(link).hostname or "")


def minutes() -> int:
    return signin.LINK_SECONDS // 60


CATALOGUE: dict[str, Write] = {Answer.WEB: web}
