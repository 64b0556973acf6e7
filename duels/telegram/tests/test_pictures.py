"""Pictures of results as they go out with the message, against a Bot API server on loopback."""

import pytest
from django.utils import timezone

from accounts.models import Player
from duels.models import Duel
from duels.telegram import outbox, pictures
from duels.tests.world import played
from tests.botapi import BotApi, Person
from tests.faces import draw_face, photo_bytes

pytestmark = pytest.mark.django_db


def test_the_result_comes_with_its_picture(ann: Player, bob: Player, hers: Person, api: BotApi) -> None:
    played(ann, 80, bob, 40)
    outbox.send_notices(ann.pk)
    assert hers.last.photo
    assert "Victory" in hers.last.text
    assert api.refusals == []


def faced(duel: Duel, hers: Person) -> None:
    for person, entry in enumerate(duel.entries.order_by("pk")):
        photo = hers.file(photo_bytes(draw_face(person, "happiness", (800, 600))))["file_id"]
        duel.entries.filter(pk=entry.pk).update(box=[0.36, 0.22, 0.64, 0.78], file_id=photo)


@pytest.mark.parametrize(("language", "uploads"), [("en", 1), ("ru", 2)])
def test_what_two_may_see_is_fetched_once_and_uploaded_once_a_language(
    ann: Player, bob: Player, hers: Person, his: Person, api: BotApi, language: str, uploads: int
) -> None:
    Player.objects.update(face_for_opponents_at=timezone.now())
    Player.objects.filter(pk=bob.pk).update(language=language)
    faced(played(ann, 80, bob, 40), hers)
    outbox.send_notices(ann.pk, bob.pk)
    assert len(api.called("getFile")) == 2
    assert (hers.last.photo == his.last.photo) == (uploads == 1)
    assert "Victory" in hers.last.text
    assert {"en": "Defeat", "ru": "Поражение"}[language] in his.last.text
    assert pictures.at_hand == pictures.AtHand(), "nobody's face is kept"


def test_who_may_see_less_gets_a_picture_of_their_own(
    ann: Player, bob: Player, hers: Person, his: Person, api: BotApi
) -> None:
    faced(played(ann, 80, bob, 40), hers)
    outbox.send_notices(ann.pk, bob.pk)
    assert his.picture(his.last) != hers.picture(hers.last)


def test_a_face_that_could_not_be_had_is_asked_for_again(
    ann: Player, bob: Player, hers: Person, his: Person, api: BotApi
) -> None:
    Player.objects.update(face_for_opponents_at=timezone.now())
    faced(played(ann, 80, bob, 40), hers)
    api.fail("getFile", code=500, times=1)
    outbox.send_notices(ann.pk, bob.pk)
    assert len(api.called("getFile")) == 3
    assert his.picture(his.last) != hers.picture(hers.last)


def test_where_the_picture_cannot_be_drawn_the_words_go_alone(
    ann: Player, bob: Player, hers: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "without_faces", lambda duel: 1 / 0)
    played(ann, 80, bob, 40)
    outbox.send_notices(ann.pk)
    assert (hers.last.photo, "Victory" in hers.last.text) == ("", True)


def test_a_picture_that_is_refused_leaves_the_words(ann: Player, bob: Player, hers: Person, api: BotApi) -> None:
    played(ann, 80, bob, 40)
    api.fail("sendPhoto", code=400, description="Bad Request: PHOTO_INVALID_DIMENSIONS")
    outbox.send_notices(ann.pk)
    assert not hers.last.photo
    assert "Victory" in hers.last.text
