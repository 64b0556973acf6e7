from typing import Any

import pytest

from emotionduel.encryption import NotOurs, seal, unseal
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
