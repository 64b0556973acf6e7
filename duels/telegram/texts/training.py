"""Photos given for training, and everything that is kept of the asker."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from duels import mydata, queries, training
from duels.models import Entry, Notice, TrainingPhoto
from duels.privacy import training_consent
from duels.telegram.answers import Answer
from duels.telegram.keyboards import Rows, column, press
from duels.telegram.texts.words import Message, Write, task

MOST = 20  # buttons


def offer(entry: Entry) -> Rows:
    """Under the result, for who showed a photo in it."""
    if not training.can_be_given(entry):
        return ()
    return column(press(_("🎓 Give my photo to the judge"), "give", entry.duel.public_id))


def give(notice: Notice) -> Message | None:
    duel = queries.duel_of(notice.params["about"]["called"])
    if duel is None:
        return None
    lines = [
        _("🎓 <b>Teach the judge with your photo?</b>"),
        _("The one of this duel: %(task)s") % {"task": task(duel)},
        "",
        f"<i>{training_consent()}</i>",
    ]
    rows = column(press(_("✅ I give it"), "given", duel.public_id), press(_("✖️ No"), "menu"))
    return Message("\n".join(lines), rows)


def given(notice: Notice) -> Message:
    text = _("💛 Thank you! The judge will learn from it. All that you gave, and the way back: /my_photos")
    return Message(text, column(press(_("↩️ Take it back"), "take_back", notice.params["about"]["photo"])))


def my_photos(notice: Notice) -> Message:
    photos = training.given_by(notice.player)
    if not photos:
        return Message(
            _("🎓 You have given no photo for training, and none is kept. Under a result there is a button.")
        )
    lines = [_("🎓 <b>Photos that you gave for training: %(n)d</b>") % {"n": len(photos)}, _("Press one to see it.")]
    return Message(
        "\n".join(lines), column(*(press(called(photo), "gift", photo.public_id) for photo in photos[:MOST]))
    )


def called(photo: TrainingPhoto) -> str:
    day = date_format(photo.given_at, "SHORT_DATE_FORMAT")
    return f"🖼 {day} · {task(photo.duel) or photo.text}"[:60]


def gift(notice: Notice) -> Message | None:
    photo = next((each for each in training.given_by(notice.player) if each.public_id == asked(notice)), None)
    if photo is None:
        return Message(_("↩️ This photo is gone: it is kept no more."))
    rows = column(press(_("↩️ Take it back"), "take_back", photo.public_id), press(_("🎓 All my photos"), "my_photos"))
    if not photo.photo:
        return Message(_("⏳ This photo is still on its way from Telegram."), rows)
    given_on = _("You gave it on %(day)s.") % {"day": date_format(photo.given_at, "DATE_FORMAT")}
    return Message(f"🖼 {task(photo.duel)}\n{given_on}", rows, picture=bytes(photo.photo))


def asked(notice: Notice) -> str:
    return str(notice.params["about"]["photo"])


def taken_back(notice: Notice) -> Message:
    text = _("↩️ Taken back: the photo is deleted. Sets and trainings that held it are marked.")
    return Message(text, column(press(_("🎓 All my photos"), "my_photos")))


def my_data(notice: Notice) -> Message:
    text = _("📦 Everything that is kept about you, as a file for programs. What it is and for how long: /privacy")
    return Message(text, document=(mydata.FILE, mydata.as_json(notice.player)))


CATALOGUE: dict[str, Write] = {
    Answer.GIVE: give,
    Answer.GIVEN: given,
    Answer.MY_PHOTOS: my_photos,
    Answer.GIFT: gift,
    Answer.TAKEN_BACK: taken_back,
    Answer.MY_DATA: my_data,
}
