"""Names and prompts as people type them."""

import unicodedata
from collections.abc import Sequence

from accounts import names
from accounts.refusals import Refused
from duels.arena.refusals import ArenaRefusal

SHORTEST, LONGEST = 3, 80


def plain(text: str) -> str:
    """Without what cannot be seen: it would only make two texts that look the same differ."""
    seen = (" " if sign.isspace() else sign for sign in unicodedata.normalize("NFKC", text))
    return " ".join("".join(sign for sign in seen if not unicodedata.category(sign).startswith("C")).split())


def wording(text: str) -> str:
    """A prompt as the judge can read it. It knows English alone, and of other scripts it would only guess."""
    text = plain(text)
    if not SHORTEST <= len(text) <= LONGEST:
        raise Refused(ArenaRefusal.WORDING_LENGTH, shortest=SHORTEST, longest=LONGEST)
    letters = [sign for sign in text if sign.isalpha()]
    if not letters or not all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters):
        raise Refused(ArenaRefusal.WORDING_SCRIPT)
    return text


def named(typed: Sequence[str], language: str) -> list[str]:
    """In the place of an empty one a generated name."""
    wanted = [names.checked(text) if (text := plain(each)) else "" for each in typed]
    taken = {names.key(name) for name in wanted if name}
    if len(taken) < sum(map(bool, wanted)):
        raise Refused(ArenaRefusal.NAMES_ALIKE)
    return [name or invented(language, taken) for name in wanted]


def invented(language: str, taken: set[str]) -> str:
    """Adds it to those taken."""
    name = next(name for name in names.generated(language) if names.key(name) not in taken)
    taken.add(names.key(name))
    return name
