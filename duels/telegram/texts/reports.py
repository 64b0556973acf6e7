"""The result's Report button, and what its menu holds."""

from django.utils.translation import gettext as _

from duels import queries
from duels.models import Notice, Report
from duels.telegram.answers import Answer
from duels.telegram.keyboards import column, press
from duels.telegram.texts.words import Message, Write, called, opponents, who


def report(notice: Notice) -> Message | None:
    duel = queries.duel_of(notice.params["about"]["called"])
    if duel is None:
        return None
    others = [player for player in opponents(duel, notice.player) if not player.anonymised_at]
    if not others:
        return Message(_("🍃 Your opponent has left the game for good."))
    rows = tuple(
        (
            press(f"🚩 {player.name}", "reasons", duel.public_id, player.public_id),
            press(_("🚫 Block"), "block", duel.public_id, player.public_id),
        )
        for player in others
    )
    return Message(_("🚩 What is wrong? Tell the moderators, or simply never meet again:"), rows)


def reasons(notice: Notice) -> Message:
    about = notice.params["about"]
    words = {
        Report.Reason.NOT_A_FACE: _("Not a living face"),
        Report.Reason.NOT_THEIRS: _("Somebody else's face"),
        Report.Reason.SCREEN: _("A photo of a screen"),
        Report.Reason.OFFENSIVE: _("Offensive"),
        Report.Reason.OTHER: _("Something else"),
    }
    buttons = [press(text, "reported", about["called"], about["who"], reason) for reason, text in words.items()]
    return Message(_("🚩 What did <b>%(name)s</b> do?") % {"name": called(about["who"])}, column(*buttons))


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
