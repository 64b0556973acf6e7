"""What is kept of whom and why, in plain words: the same from the bot and on the page. What is kept, and how long,
retention.py says, by which the site acts.
"""

from typing import NamedTuple

from django.utils.translation import gettext as _

from duels.erasure import DELETABLE
from duels.retention import KEPT


class Section(NamedTuple):
    title: str
    text: str


def sections(site: bool = False) -> list[Section]:
    """`site`: with what concerns who comes by browser."""
    kept = [Section(*row.said()) for row in KEPT if site or not row.on_site]
    return [*kept, *promises()]


def promises() -> list[Section]:
    return [
        Section(
            _("Who sees what"),
            _(
                "opponents and visitors see your name in the game, scores and rating. Opponents, or everybody, see your"
                " face only if you allow it in /settings. Whoever runs the game and its moderators can read what"
                " is kept."
            ),
        ),
        Section(
            _("What for"),
            _(
                "the game alone. We sell nothing, show no advertising, and train nothing on your photos but on those"
                " that you give for it."
            ),
        ),
        Section(_("Who may play"), _("people of 16 and older.")),
        Section(_("What is yours"), _("/my_data sends you everything that is kept about you, as a file.")),
        Section(
            _("How to leave"),
            _(
                "/delete_me erases you at once. Opponents' duels keep a nameless mark. Messages and pictures of"
                " the last %(hours)d hours that show you are deleted from their chats, too: older ones Telegram lets no"
                " bot delete."
            )
            % {"hours": round(DELETABLE.total_seconds() / 3600)},
        ),
    ]


def training_consent() -> str:
    """What a player agrees to who gives a photo. These very words are kept with it."""
    return _(
        "I give this photo to train the judge of EmotionDuel. It is kept encrypted, shown to nobody, and used for"
        " nothing else. I may take it back whenever I like in /my_photos: then it is deleted and no further training"
        " uses it; what was trained before stays in use until the next training."
    )
