from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import names
from accounts.refusals import Refusal, Refused
from accounts.wordlists import ENGLISH_ADJECTIVES, ENGLISH_NOUNS, RUSSIAN_ADJECTIVES, RUSSIAN_NOUNS


@pytest.mark.parametrize(
    "name",
    ["Ann", "Смелый Лис", "O'Neil", "jean-luc", "Zoë 2", "李小龙", "Scunthorpe", "Cockatoo", "Мандарин", "Хачапури"],
)
def test_ordinary_names_are_taken_as_they_are(name: str) -> None:
    assert names.checked(name) == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("A", Refusal.NAME_LENGTH),
        ("x" * 25, Refusal.NAME_LENGTH),
        ("", Refusal.NAME_LENGTH),
        ("12345", Refusal.NAME_LETTERS),
        ("Ann\u202e", Refusal.NAME_LETTERS),
        ("Ann😀", Refusal.NAME_LETTERS),
        ("<b>Ann</b>", Refusal.NAME_LETTERS),
        ("@ann", Refusal.NAME_LETTERS),
        ("-Ann", Refusal.NAME_LETTERS),
        ("Admin", Refusal.NAME_RESERVED),
        ("Аdmin 7", Refusal.NAME_RESERVED),  # with a Cyrillic A
        ("EmotionDuel bot", Refusal.NAME_RESERVED),
        ("Модератор", Refusal.NAME_RESERVED),
        ("ᴀᴅᴍɪɴ", Refusal.NAME_RESERVED),  # small capitals
        ("Ad-min", Refusal.NAME_RESERVED),
        ("Official EmotionDuе1", Refusal.NAME_RESERVED),
        ("A\u200bdmin", Refusal.NAME_LETTERS),  # with a space that nobody sees
        ("Fuсk you", Refusal.NAME_RUDE),  # with a Cyrillic с
        ("f u c k", Refusal.NAME_RUDE),
        ("Sh1t happens", Refusal.NAME_RUDE),
        ("Суkа", Refusal.NAME_RUDE),
        ("ПИ3ДА", Refusal.NAME_RUDE),
    ],
)
def test_what_is_no_name_is_refused(name: str, reason: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        names.checked(name)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "ANN"),
        ("Ann", "А n n"),
        ("Олег", "Oлeг"),
        ("modern", "modem"),
        ("Zoe", "Zoë"),
        ("Bill", "BiIl"),
        ("Ann", "ꭺnn"),
        ("Ann", "Aոn"),
    ],
)
def test_look_alikes_are_the_same_name(one: str, other: str) -> None:
    assert names.key(one) == names.key(other)


@pytest.mark.parametrize(("one", "other"), [("Ann", "Anna"), ("Лис", "Лиса"), ("Bob", "Rob")])
def test_other_names_are_other_names(one: str, other: str) -> None:
    assert names.key(one) != names.key(other)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_taken_or_refused(name: str) -> None:
    try:
        kept = names.checked(name)
    except Refused:
        return
    assert names.checked(kept) == kept
    assert names.SHORTEST <= len(kept) <= names.LONGEST
    assert 0 < len(names.key(kept)) <= 64


@pytest.mark.parametrize("language", ["ru", "en", "de"])
def test_generated_names_can_be_taken_and_do_not_end(language: str) -> None:
    found = list(islice(names.generated(language), 200))
    assert [names.checked(name) for name in found] == found
    assert len(set(found)) > 190


def test_every_name_that_can_be_generated_fits() -> None:
    pairs = [(ENGLISH_ADJECTIVES, ENGLISH_NOUNS)]
    pairs += [([each[gender] for each in RUSSIAN_ADJECTIVES], RUSSIAN_NOUNS[gender]) for gender in (0, 1)]
    for adjectives, nouns in pairs:
        assert max(map(len, adjectives)) + 1 + max(map(len, nouns)) <= names.LONGEST
