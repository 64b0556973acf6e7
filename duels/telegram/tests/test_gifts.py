"""Giving a photo, from the button under the result to the picture that is shown back, against a Bot API server."""

import io
import json

import pytest
from PIL import Image

from accounts.models import Player
from duels import notices
from duels.models import Entry, Notice, TrainingPhoto
from duels.notices import Kind
from duels.privacy import training_consent
from duels.telegram import bot, gifts, outbox
from duels.telegram.answers import Answer
from duels.telegram.tests.letters import answers, buttons, presses, read, rendered, says
from duels.tests.world import last_told, played
from tests.botapi import BotApi, Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot, "READ_SECONDS", 5)


def camera() -> bytes:
    """A picture with what a camera writes into it."""
    file, about = io.BytesIO(), Image.Exif()
    about[0x010F] = "SecretCamera"
    Image.new("RGB", (900, 800), "tan").save(file, "JPEG", exif=about)
    return file.getvalue()


def test_it_takes_two_presses_and_the_photo_comes_back_clean(
    ann: Player, bob: Player, hers: Person, api: BotApi
) -> None:
    duel = played(ann, 80, bob, 40)
    Entry.objects.filter(player=ann).update(file_id=hers.file(camera())["file_id"])
    assert f"give:{duel.public_id}" in buttons(rendered(last_told(ann, Kind.RESULT)))
    presses(ann, f"give:{duel.public_id}")
    asked = read(ann)
    assert training_consent() in asked.text
    assert not TrainingPhoto.objects.exists()
    presses(ann, f"given:{duel.public_id}")
    assert gifts.fetch_gifts() == 1
    photo = TrainingPhoto.objects.get()
    assert (photo.status, photo.consent) == ("kept", training_consent())
    assert b"SecretCamera" not in bytes(photo.photo or b"")
    says(ann, "/my_photos")
    assert f"gift:{photo.public_id}" in buttons(read(ann))
    Notice.objects.filter(player=ann).update(status="dropped")
    presses(ann, f"gift:{photo.public_id}")
    outbox.send_notices(ann.pk)
    assert hers.picture(hers.last)[:2] == b"\xff\xd8"
    presses(ann, f"take_back:{photo.public_id}")
    assert not TrainingPhoto.objects.exists()
    assert answers(ann)[-1] == Answer.TAKEN_BACK


def test_consent_is_kept_in_the_language_in_which_it_was_read(ann: Player, bob: Player) -> None:
    duel = played(ann, 80, bob, 40)
    Player.objects.filter(pk=ann.pk).update(language="ru")
    presses(ann, f"given:{duel.public_id}")
    assert "Я отдаю" in TrainingPhoto.objects.get().consent


@pytest.mark.parametrize("photo", ["gift:nothing", "take_back:nothing"])
def test_what_is_gone_is_told(ann: Player, photo: str) -> None:
    presses(ann, photo)
    assert "kept no more" in read(ann).text


def test_without_photos_there_is_a_word_too(ann: Player) -> None:
    says(ann, "/my_photos")
    assert "none is kept" in read(ann).text


def test_an_answer_that_fails_passes_and_a_photo_that_is_gone_is_lost(
    ann: Player, bob: Player, hers: Person, api: BotApi
) -> None:
    duel = played(ann, 80, bob, 40)
    Entry.objects.filter(player=ann).update(file_id=hers.file(camera())["file_id"])
    presses(ann, f"given:{duel.public_id}")
    api.fail("getFile", code=500)
    gifts.fetch_gifts()
    assert TrainingPhoto.objects.get().status == "waiting"
    TrainingPhoto.objects.update(lease_until=None, file_id="nonsense")
    gifts.fetch_gifts()
    assert TrainingPhoto.objects.get().status == "lost"
    says(ann, "/my_photos")
    assert "none is kept" in read(ann).text


def test_my_data_comes_as_a_file(ann: Player, hers: Person, api: BotApi) -> None:
    notices.answer(ann, Answer.MY_DATA)
    outbox.send_notices(ann.pk)
    document = hers.last.json["document"]
    assert document["file_name"] == "emotionduel.json"
    kept = json.loads(api.chats.files.known(document["file_id"]).data)
    assert kept["you"] == ann.public_id
    assert kept["kept"]["player"][0]["telegram_id"] == hers.id
