"""What must not be read by whoever gets hold of the database or a copy of it: sealed before it is stored."""

from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class NotOurs(Exception):
    """Sealed with a key that is not in ENCRYPTION_KEYS any more, or damaged."""


def seal(data: bytes) -> bytes:
    return locks(tuple(settings.ENCRYPTION_KEYS)).encrypt(data)


def unseal(data: bytes | memoryview) -> bytes:
    try:
        return locks(tuple(settings.ENCRYPTION_KEYS)).decrypt(bytes(data))
    except InvalidToken as error:
        raise NotOurs from error


@cache
def locks(keys: tuple[str, ...]) -> MultiFernet:
    """The first one seals, all of them open: so a new key goes to the front, and the old one away when all is old."""
    return MultiFernet([Fernet(key) for key in keys])
