"""What is kept of whom and why, in plain words: the same from the bot and on the page."""

from typing import NamedTuple

from django.utils.translation import gettext as _


class Section(NamedTuple):
    title: str
    text: str


def sections() -> list[Section]:
    return [
        Section(
            _("What we keep"),
            _(
                "your Telegram number, your name in the game, language, settings and consents; what you send to the"
                " bot, with the name under which Telegram delivers it; whom you block or report; and of your duels the"
                " task, the score, the rating, where the face was, which emotions the judge saw, and fingerprints of"
                " the file."
            ),
        ),
        Section(
            _("What we don't keep"),
            _(
                "photos. They stay with Telegram; we fetch yours to judge it and to draw the result, and drop it at"
                " once."
            ),
        ),
        Section(_("How long"), _("until you delete yourself. A rating and a history are made of what was before.")),
        Section(
            _("Who sees what"),
            _(
                "opponents and visitors see your name in the game, scores and rating. Opponents, or everybody, see your"
                " face only if you allow it in /settings. Whoever runs the game and its moderators can read what"
                " is kept."
            ),
        ),
        Section(
            _("What for"), _("the game alone. We sell nothing, show no advertising, and train nothing on your photos.")
        ),
        Section(_("Who may play"), _("people of 16 and older.")),
        Section(_("How to leave"), _("/delete_me erases you at once. Opponents' duels keep a nameless mark.")),
    ]
