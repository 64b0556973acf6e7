"""Game names: which may be taken, when two of them look alike, and charming ones made by chance."""

import random
import re
import unicodedata
from collections.abc import Iterator

from accounts.refusals import Refusal, Refused
from accounts.rude import ALONE, ANYWHERE, AT_THE_START
from accounts.wordlists import ENGLISH_ADJECTIVES, ENGLISH_NOUNS, RUSSIAN_ADJECTIVES, RUSSIAN_NOUNS

SHORTEST, LONGEST = 2, 24
BETWEEN_LETTERS = " -_.'"
RESERVED = (
    "admin",
    "administrator",
    "moderator",
    "support",
    "telegram",
    "emotionduel",
    "админ",
    "модератор",
    "поддержка",
    "official",
    "официальн",
    "сотрудник",
)

# A letter, digit or sign, and the Latin letter that it is easily taken for. Capitals count by their small letters, so
# some pairs look alike as capitals alone.
PAIRS = (
    "аa вb еe кk мm нh оo рp сc тt уy хx гr іl їl јj ѕs ԁd ԛq ԝw һh ӏl ңh үy өo қk җж "  # Cyrillic
    "αa βb εe ζz ηn ιl κk μm νv οo ρp τt υy χx γy ωw "  # Greek
    "օo ոn սu հh յj ցg "  # Armenian
    "Ꭺa Ᏼb Ꮯc Ꭰd Ꭼe Ꮐg Ꮋh Ꭵl Ꭻj Ꮶk Ꮮl Ꮇm Ꮲp Ꮢr Ꮪs Ꭲt Ꮩv Ꮤw Ꮓz "  # Cherokee
    "ᴀa ʙb ᴄc ᴅd ᴇe ɢg ʜh ɪl ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ᴛt ᴜu ᴠv ᴡw ʏy ᴢz ɑa ɡg "
    "ıl łl øo đd ħh ŧt ßb æa œo "
    "0o 1l 3з 5s 8b il |l !l"
)
LOOK_ALIKES = str.maketrans({pair[0]: pair[1] for pair in PAIRS.split()})


def checked(name: str) -> str:
    """The name as it is kept; Refused where it cannot be one."""
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    if not SHORTEST <= len(name) <= LONGEST:
        raise Refused(Refusal.NAME_LENGTH, shortest=SHORTEST, longest=LONGEST)
    if not all(map(allowed, name)) or not any(map(str.isalpha, name)) or not name[0].isalnum():
        raise Refused(Refusal.NAME_LETTERS)
    if any(key(word) in key(name) for word in RESERVED):
        raise Refused(Refusal.NAME_RESERVED)
    if is_rude(name):
        raise Refused(Refusal.NAME_RUDE)
    return name


def is_rude(name: str) -> bool:
    """By what a reader sees: letters that look alike, and letters set apart, make no other word of it."""
    whole = key(name)
    words = [whole, *(key(word) for word in re.split(rf"[{re.escape(BETWEEN_LETTERS)}]+", name) if word)]
    return (
        any(key(rude) in whole for rude in ANYWHERE)
        or any(word.startswith(key(rude)) for rude in AT_THE_START for word in words)
        or any(word == key(rude) for rude in ALONE for word in words)
    )


def allowed(letter: str) -> bool:
    return letter in BETWEEN_LETTERS or unicodedata.category(letter) in {"Lu", "Ll", "Lo", "Lt", "Nd"}


def key(name: str) -> str:
    """The same for names that a hurried reader takes for the same."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    letters = "".join(letter for letter in folded if letter.isalnum() or letter in "|!")
    return re.sub("rn", "m", letters.translate(LOOK_ALIKES).replace("vv", "w"))


def generated(language: str) -> Iterator[str]:
    """Never ends: at first without a number, later with ever longer ones."""
    tries = 0
    while True:
        number = "" if tries < 8 else f" {random.randrange(2, 10 ** min(2 + tries // 8, 6))}"
        name = (russian() if language == "ru" else english()) + number
        if len(name) <= LONGEST:
            yield name
        tries += 1


def english() -> str:
    return f"{random.choice(ENGLISH_ADJECTIVES)} {random.choice(ENGLISH_NOUNS)}"


def russian() -> str:
    gender = random.choice((0, 1))
    return f"{random.choice(RUSSIAN_ADJECTIVES)[gender]} {random.choice(RUSSIAN_NOUNS[gender])}"
