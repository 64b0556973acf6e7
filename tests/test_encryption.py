import json
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection

from duels.models import ArenaDuel, Update
from emotionduel import rotation
from emotionduel.encryption import MARK, NotOurs, seal, unseal
from emotionduel.secret import random_key


def test_what_is_sealed_can_be_opened_and_not_read() -> None:
    sealed = seal(b"\xff\xd8\xff a face")
    assert unseal(sealed) == b"\xff\xd8\xff a face"
    assert b"face" not in sealed
    assert seal(b"\xff\xd8\xff a face") != sealed


def test_a_new_key_goes_to_the_front_and_old_seals_still_open(settings: Any) -> None:
    old, new = random_key(), random_key()
    settings.ENCRYPTION_KEYS = [old]
    before = seal(b"face")
    settings.ENCRYPTION_KEYS = [new, old]
    assert unseal(before) == b"face"
    after = seal(b"face")
    settings.ENCRYPTION_KEYS = [new]
    assert unseal(after) == b"face"
    with pytest.raises(NotOurs):
        unseal(before)


def test_what_was_changed_is_not_opened() -> None:
    sealed = seal(b"face")
    with pytest.raises(NotOurs):
        unseal(sealed[:-2] + b"AA")


PAYLOAD = {"message": {"text": "Привет", "from": {"id": 7}}}


def raw(field: str, model: Any = Update) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"select {field} from {model._meta.db_table}")  # noqa: S608
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_sealed_field_is_read_as_it_was_written_and_not_from_outside() -> None:
    Update.objects.create(update_id=1, payload=PAYLOAD)
    assert Update.objects.get().payload == PAYLOAD
    assert MARK in raw("payload")
    assert "message" not in raw("payload")
    Update.objects.update(payload={"a": 1})
    assert Update.objects.values_list("payload", flat=True).get() == {"a": 1}


@pytest.mark.django_db
def test_what_is_empty_can_be_seen_from_outside_and_nothing_else_can_be_searched() -> None:
    Update.objects.bulk_create([Update(update_id=1, payload={}), Update(update_id=2, payload=PAYLOAD)])
    assert Update.objects.get(payload={}).update_id == 1
    assert Update.objects.exclude(payload={}).get().update_id == 2
    for asked in ({"payload": PAYLOAD}, {"payload__message": 1}, {"payload__contains": 1}):
        with pytest.raises(FieldError):
            Update.objects.filter(**asked).exists()


@pytest.mark.django_db
def test_rows_from_before_are_read_as_they_are() -> None:
    update = Update.objects.create(update_id=1, payload={})
    with connection.cursor() as cursor:
        cursor.execute("update duels_update set payload = %s", [json.dumps(PAYLOAD)])
    update.refresh_from_db()
    assert update.payload == PAYLOAD
    call_command("rotate_keys", stdout=StringIO())
    assert MARK in raw("payload")
    assert Update.objects.get().payload == PAYLOAD


@pytest.mark.django_db
def test_after_rotation_the_old_key_may_go(settings: Any) -> None:
    old, new = random_key(), random_key()
    settings.ENCRYPTION_KEYS = [old]
    Update.objects.bulk_create(Update(update_id=number, payload={"number": number}) for number in range(5))
    duel = ArenaDuel.objects.create(language="en", wording="joy", card=seal(b"a card"))
    settings.ENCRYPTION_KEYS = [new, old]
    Update.objects.create(update_id=9, payload={"number": 9})
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "Update.payload: 5 sealed anew, 1 were right" in out.getvalue()
    settings.ENCRYPTION_KEYS = [new]
    assert sorted(update.payload["number"] for update in Update.objects.all()) == [0, 1, 2, 3, 4, 9]
    duel.refresh_from_db()
    assert unseal(duel.card or b"") == b"a card"


@pytest.mark.django_db
def test_a_rotation_that_was_interrupted_goes_on(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ENCRYPTION_KEYS = [random_key()]
    Update.objects.bulk_create(Update(update_id=number, payload={"number": number}) for number in range(5))
    settings.ENCRYPTION_KEYS = [random_key(), *settings.ENCRYPTION_KEYS]
    monkeypatch.setattr(rotation, "BATCH", 2)
    rows = rotation.batch(Update._meta.get_field("payload"), None)
    assert rotation.renew(Update._meta.get_field("payload"), *rows[0]) == 1
    assert rotation.renew(Update._meta.get_field("payload"), *rows[0]) == 0  # another was here first
    assert rotation.rotate(Update._meta.get_field("payload")) == rotation.Count(right=1, renewed=4)


@pytest.mark.django_db
def test_a_key_that_is_missing_is_told_of(settings: Any) -> None:
    Update.objects.create(update_id=1, payload=PAYLOAD)
    settings.ENCRYPTION_KEYS = [random_key()]
    with pytest.raises(CommandError, match="put the key back"):
        call_command("rotate_keys", stdout=StringIO())
