"""A photo is given by an explicit word, kept sealed, and taken back; and it leaves marks where it was."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Player
from accounts.refusals import Refused
from duels import exporting, training
from duels.erasure import forget
from duels.models import Duel, Entry, SetPhoto, TrainedWeights, TrainingPhoto, TrainingSet
from duels.refusals import Refusal
from duels.tests.world import played, public_duel, random_duel

JPEG = b"\xff\xd8 a face"


@pytest.fixture
def duel(ann: Player, bob: Player) -> Duel:
    return played(ann, 80, bob, 40)


def given(player: Player, duel: Duel) -> TrainingPhoto:
    photo = training.give(player, duel, "I agree")
    TrainingPhoto.objects.filter(pk=photo.pk).update(lease_holder="me")
    photo.refresh_from_db()
    assert training.keep(photo, JPEG)
    photo.refresh_from_db()
    return photo


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def test_nothing_is_given_by_itself(ann: Player, duel: Duel) -> None:
    assert not TrainingPhoto.objects.exists()
    assert training.given_by(ann) == []


def test_what_is_given_is_kept_sealed_with_the_words_that_were_agreed_to(ann: Player, duel: Duel) -> None:
    photo = given(ann, duel)
    assert (photo.status, photo.consent, photo.text, photo.match) == ("kept", "I agree", duel.wording, 80)
    assert photo.photo == JPEG
    assert photo.file_id == "", "where Telegram has it is needed no more"
    with connection.cursor() as cursor:
        cursor.execute("select photo from duels_trainingphoto")
        assert b"face" not in bytes(cursor.fetchone()[0])
    assert training.give(ann, duel, "again").pk == photo.pk


@pytest.mark.parametrize(
    "fields", [{"status": "faceless"}, {"file_id": ""}, {"media": "video_note"}], ids=["no face", "too old", "film"]
)
def test_only_a_photo_with_a_face_can_be_given(ann: Player, duel: Duel, fields: dict[str, str]) -> None:
    Entry.objects.filter(player=ann).update(**fields)
    with pytest.raises(Refused) as refused:
        training.give(ann, duel, "I agree")
    assert refused.value.reason == Refusal.NOTHING_TO_GIVE


def test_nobody_gives_another_ones_photo_or_one_of_a_duel_that_goes_on(ann: Player, bob: Player, cat: Player) -> None:
    for player in (ann, cat):
        with pytest.raises(Refused):
            training.give(player, random_duel(ann, bob) if player == ann else Duel.objects.get(), "I agree")


def test_nobody_takes_back_what_is_anothers(ann: Player, bob: Player, duel: Duel) -> None:
    photo = given(ann, duel)
    with pytest.raises(Refused):
        training.take_back(bob, photo.public_id)
    assert TrainingPhoto.objects.exists()


def test_a_photo_taken_back_before_it_was_fetched_is_not_kept(ann: Player, duel: Duel) -> None:
    photo = training.give(ann, duel, "I agree")
    training.take_back(ann, photo.public_id)
    assert not training.keep(photo, JPEG)
    assert not TrainingPhoto.objects.exists()


def test_a_set_has_pictures_captions_and_consents_and_no_names(
    ann: Player, bob: Player, duel: Duel, tmp_path: Path
) -> None:
    photos = [given(player, duel) for player in (ann, bob)]
    waiting = public_duel(ann, 70, bob, 30)
    training.give(ann, waiting, "I agree")
    out = StringIO()
    call_command("export_training", str(tmp_path / "set"), stdout=out)
    assert "2 photos" in out.getvalue()
    folder = tmp_path / "set"
    assert {path.name for path in folder.glob("*.jpg")} == {f"{photo.public_id}.jpg" for photo in photos}
    first = lines(folder, "captions.jsonl")[0]
    assert (first["file_name"], first["text"], first["match"]) == (f"{photos[0].public_id}.jpg", duel.wording, 80)
    assert [line["words"] for line in lines(folder, "consents.jsonl")] == ["I agree"] * 2
    everything = "".join(path.read_text() for path in folder.glob("*.json*"))
    assert not any(each in everything for each in (ann.public_id, bob.public_id, "Ann", "Bob"))
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_training", str(folder), stdout=out)


def test_what_a_moderator_has_made_void_is_in_no_set(ann: Player, duel: Duel, tmp_path: Path) -> None:
    given(ann, duel)
    Duel.objects.update(status="void")
    assert exporting.export(tmp_path).photos.count() == 0


def test_taking_back_clears_the_set_and_marks_it_and_its_weights(
    ann: Player, bob: Player, duel: Duel, tmp_path: Path
) -> None:
    hers, his = given(ann, duel), given(bob, duel)
    made = exporting.export(tmp_path / "set")
    other = TrainingSet.objects.create(folder=str(tmp_path / "other"))
    for each in (made, other):
        training.record_adoption(each.public_id, "digest", {"jury": 0.9})
    training.take_back(ann, hers.public_id)
    assert exporting.clear_folders() == 1
    assert [path.name for path in (tmp_path / "set").glob("*.jpg")] == [f"{his.public_id}.jpg"]
    for name in ("captions.jsonl", "consents.jsonl"):
        assert [line["file_name"] for line in lines(tmp_path / "set", name)] == [f"{his.public_id}.jpg"]
    assert json.loads((tmp_path / "set" / "set.json").read_text())["taken_back"] == [hers.public_id]
    made.refresh_from_db()
    assert made.revoked_at
    assert made.cleared_at
    assert [weights.revoked_at is not None for weights in TrainedWeights.objects.order_by("id")] == [True, False]
    assert SetPhoto.objects.get(photo=hers.public_id).revoked_at
    assert exporting.clear_folders() == 0


def test_who_goes_takes_all_photos_along(ann: Player, duel: Duel, tmp_path: Path) -> None:
    given(ann, duel)
    made = exporting.export(tmp_path)
    forget(ann)
    made.refresh_from_db()
    assert made.revoked_at
    assert not TrainingPhoto.objects.exists()


def test_a_folder_on_another_machine_waits_to_be_cleared(ann: Player, duel: Duel, tmp_path: Path) -> None:
    photo = given(ann, duel)
    made = exporting.export(tmp_path / "set")
    (tmp_path / "set").rename(tmp_path / "away")
    training.take_back(ann, photo.public_id)
    assert exporting.clear_folders() == 0
    (tmp_path / "away").rename(tmp_path / "set")
    assert exporting.clear_folders() == 1
    made.refresh_from_db()
    assert made.cleared_at


def test_weights_trained_on_a_set_that_is_marked_already_are_marked_at_once(
    ann: Player, duel: Duel, tmp_path: Path
) -> None:
    photo = given(ann, duel)
    made = exporting.export(tmp_path)
    training.take_back(ann, photo.public_id)
    training.record_adoption(made.public_id, "digest", {})
    assert TrainedWeights.objects.get().revoked_at
