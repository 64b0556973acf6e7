"""What older keys have sealed, and what lies in plain text from before, is sealed with the first of ENCRYPTION_KEYS."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.db.models import F
from django.db.models.functions import Cast

from emotionduel.encryption import (
    MARK,
    EncryptedBinaryField,
    EncryptedJSONField,
    EncryptedTextField,
    by_first_key,
    seal,
    unseal,
    unsealed_text,
)

BATCH = 500


@dataclass
class Count:
    right: int = 0  # sealed with the first key before
    renewed: int = 0


def sealed_fields() -> Iterator[models.Field]:
    """A BinaryField of ours holds what its code seals by itself."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField | EncryptedJSONField | models.BinaryField):
                yield field


def rotate(field: models.Field) -> Count:
    """In batches, each row for itself: killed at any moment it may be started again, and skips what is done."""
    count, last = Count(), None
    while rows := batch(field, last):
        for pk, raw in rows:
            if is_right(raw):
                count.right += 1
            else:
                count.renewed += renew(field, pk, raw)
        last = rows[-1][0]
    return count


def batch(field: models.Field, last: object) -> list[tuple[object, str | bytes]]:
    """As the column has it, sealed."""
    rows = field.model._default_manager.exclude(**{f"{field.name}__isnull": True})
    if isinstance(field, EncryptedTextField | EncryptedJSONField):
        rows = rows.exclude(**{field.name: "" if isinstance(field, EncryptedTextField) else {}})
    if last is not None:
        rows = rows.filter(pk__gt=last)
    found = rows.annotate(raw=raw_value(field)).order_by("pk").values_list("pk", "raw")[: at_once(field)]
    return [(pk, bytes(raw) if isinstance(raw, memoryview) else raw) for pk, raw in found]


def at_once(field: models.Field) -> int:
    """Pictures are large: few lie in memory together."""
    return max(BATCH // 25, 1) if isinstance(field, models.BinaryField) else BATCH


def raw_value(field: models.Field) -> Cast:
    binary = isinstance(field, models.BinaryField)
    return Cast(F(field.name), models.BinaryField() if binary else models.TextField())


def is_right(raw: str | bytes) -> bool:
    if isinstance(raw, bytes):
        return by_first_key(raw)
    return raw.strip('"').startswith(MARK) and by_first_key(raw.strip('"').removeprefix(MARK).encode())


def renew(field: models.Field, pk: object, raw: str | bytes) -> int:
    """Unless somebody has changed it meanwhile: then it was sealed with the first key."""
    rows = field.model._default_manager.filter(pk=pk).annotate(raw=raw_value(field)).filter(raw=raw)
    return rows.update(**{field.attname: plain(field, raw)})


def plain(field: models.Field, raw: str | bytes) -> object:
    """What the field seals by itself when it is written; the code's own seals are renewed here."""
    if isinstance(raw, bytes):
        return unseal(raw) if isinstance(field, EncryptedBinaryField) else seal(unseal(raw))
    if isinstance(field, EncryptedTextField):
        return unsealed_text(raw)
    found = json.loads(raw)
    return json.loads(unsealed_text(found)) if isinstance(found, str) and found.startswith(MARK) else found
