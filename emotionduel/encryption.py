"""What must not be read by whoever gets hold of the database or a copy of it: sealed before it is stored."""

import json
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact, IsNull, Lookup

MARK = "sealed:"  # what does not begin with it lay there before this field was sealed


class NotOurs(Exception):
    """Sealed with a key that is not in ENCRYPTION_KEYS any more, or damaged."""


def seal(data: bytes) -> bytes:
    return locks(tuple(settings.ENCRYPTION_KEYS)).encrypt(data)


def unseal(data: bytes | memoryview) -> bytes:
    try:
        return locks(tuple(settings.ENCRYPTION_KEYS)).decrypt(bytes(data))
    except InvalidToken as error:
        raise NotOurs from error


def by_first_key(data: bytes) -> bool:
    """Whether it opens with the key that seals today: then the older ones are not needed for it."""
    try:
        locks(tuple(settings.ENCRYPTION_KEYS[:1])).decrypt(data)
    except InvalidToken:
        return False
    return True


@cache
def locks(keys: tuple[str, ...]) -> MultiFernet:
    """The first one seals, all of them open: so a new key goes to the front, and the old one away when all is old."""
    return MultiFernet([Fernet(key) for key in keys])


def sealed_text(text: str) -> str:
    return MARK + seal(text.encode()).decode()


def unsealed_text(text: str) -> str:
    return unseal(text.removeprefix(MARK).encode()).decode() if text.startswith(MARK) else text


class Nothing(Exact):
    """The one question that a sealed value answers beside "is it null": is it empty?"""

    def get_prep_lookup(self) -> Any:
        if self.rhs not in ("", {}, []):
            raise FieldError("What is sealed cannot be searched: every seal of it looks different")
        return super().get_prep_lookup()


class Sealed:
    """The column keeps its type, and what lay there in plain text is read as it is: so no row has to be rewritten at
    once, and `manage.py rotate_keys` seals what is old. What is empty stays so, to be seen from outside.
    """

    def get_lookup(self, name: str) -> type[Lookup] | None:
        return {"exact": Nothing, "isnull": IsNull}.get(name)

    def get_transform(self, name: str) -> Any:
        return None


class EncryptedTextField(Sealed, models.TextField):
    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        plain = super().get_db_prep_save(value, connection)
        return sealed_text(plain) if isinstance(plain, str) and plain else plain

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else unsealed_text(value)


class EncryptedJSONField(Sealed, models.JSONField):
    """Sealed, it is a JSON string."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if not value or hasattr(value, "as_sql"):
            return super().get_db_prep_save(value, connection)
        return super().get_db_prep_save(sealed_text(json.dumps(value, cls=self.encoder)), connection)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        if isinstance(found, str) and found.startswith(MARK):
            return json.loads(unsealed_text(found), cls=self.decoder)
        return found


class EncryptedBinaryField(models.BinaryField):
    """Bytes in, bytes out; never in plain text."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(seal(bytes(value)) if value else value, connection)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return unseal(value) if value else None
