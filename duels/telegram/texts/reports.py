"""The result's Report button, and what its menu holds."""

from django.utils.translation import gettext as _

from accounts.models import Player
from duels import queries
from duels.models import Notice, Report
from duels.telegram.answers import Answer
from duels.telegram.keyboards import column, press
from duels.telegram.texts.words import Message, Write, opponents, who


def report(notice: Notice) -> Message | None:
    duel = queries.duel_of(notice.params["about"]["called"])
    if duel is None:
        return None
    others = [player for player in opponents(duel, notice.player) if not player.anonymised_at]
    if not others:
        return Message(_("🍃 Your opponent has left the game for good."))
    if len(others) == 1:
        return what_about(duel.public_id, others[0])
    buttons = [press(f"🚩 {player.name}", "reasons", duel.public_id, player.public_id) for player in others]
    return Message(_("🚩 About whom? Tell the moderators, or simply never meet again:"), column(*buttons))


def reasons(notice: Notice) -> Message | None:
    about = notice.params["about"]
    player = queries.player_of(about["who"])
    return what_about(about["called"], player) if player else None


def what_about(duel: str, player: Player) -> Message:
    """One tap from here."""
    words = {
        Report.Reason.NOT_A_FACE: _("Not a face"),
        Report.Reason.NOT_THEIRS: _("Someone else's photo"),
        Report.Reason.SCREEN: _("A picture of a screen"),
        Report.Reason.OFFENSIVE: _("Offensive"),
        Report.Reason.OTHER: _("Other"),
    }
    buttons = [press(text, "reported", duel, player.public_id, reason) for reason, text in words.items()]
    block = press(_("🚫 Block: never meet again"), "block", duel, player.public_id)
    text = _("🚩 What is wrong with the photo of <b>%(name)s</b>?") % {"name": who(player)}
    return Message(text, column(*buttons, block))


def reported(notice: Notice) -> Message:
    return Message(_("🙏 Thank you! A moderator will have a look."))


def blocked(notice: Notice) -> Message:
    player = queries.player_of(notice.params["about"]["who"])
    return Message(_("🚫 You won't meet <b>%(name)s</b> again.") % {"name": who(player)})


CATALOGUE: dict[str, Write] = {
    Answer.REPORT: report,
    Answer.REASONS: reasons,
    Answer.REPORTED: reported,
    Answer.BLOCKED: blocked,
}
