"""Duels from the first /start to the result, as persons live them: through real HTTP, Redis, workers and judge."""

import re
from io import BytesIO

import pytest
from PIL import Image

from tests.botapi import Person, Shown
from tests.duels.site import PATIENCE, Site
from tests.faces import draw_face, photo_bytes

pytestmark = pytest.mark.slow

CYRILLIC = re.compile("[а-яё]")


def face(person: int = 0, emotion: str = "happiness") -> bytes:
    return photo_bytes(draw_face(person, emotion, (800, 600)))


def task_of(person: Person) -> str:
    """The prompt's words."""
    prompt = person.sees(re.compile("⚔️.*🎭", re.DOTALL), within=PATIENCE)
    return next(line for line in prompt.text.splitlines() if "🎭" in line)


def result_of(person: Person) -> Shown:
    return person.sees(re.compile("🏆|😤|🤝 A draw|🤝 Ничья|💔"), within=PATIENCE)


def rating_points(site: Site, person: Person) -> float:
    [[mu]] = site.rows("select mu from accounts_player where telegram_id = ?", person.id)
    return float(mu)


def is_a_card(site: Site, shown: Shown) -> bool:
    """What the person gets of our picture."""
    assert shown.photo, f"no picture with: {shown}"
    return Image.open(BytesIO(site.api.chats.files.known(shown.photo).data)).size[0] >= 800


def test_two_strangers_play_a_duel_each_in_their_own_language(site: Site) -> None:
    ann, boris = site.player("Ann"), site.player("Борис", language="ru")
    ann.presses("Random opponent", within=PATIENCE)
    ann.sees("Looking for an opponent", within=PATIENCE)
    boris.presses("Случайный соперник", within=PATIENCE)
    assert not CYRILLIC.search(task_of(ann))
    assert CYRILLIC.search(task_of(boris))
    ann.sends_photo(face(0))
    boris.sees("👀", within=PATIENCE)
    boris.sends_photo(face(1, "sadness"))
    results = [result_of(person) for person in (ann, boris)]
    assert all(is_a_card(site, result) for result in results)
    first, second = (result.text.splitlines()[0] for result in results)
    assert not CYRILLIC.search(first)
    assert CYRILLIC.search(second)
    assert {"🔁 Rematch", "⚔️ New duel", "🚩 Report"} <= set(results[0].buttons)
    assert rating_points(site, ann) != rating_points(site, boris)


def test_friends_play_in_a_private_room(site: Site) -> None:
    cat, dan = site.player("Cat"), site.newcomer("Dan")
    cat.types("/room")
    invitation = cat.sees("Room", within=PATIENCE)
    link = re.search(r"https://t\.me/\S+", invitation.text)
    assert link
    assert invitation.button("Copy the code")["copy_text"]["text"] in link[0]
    dan.opens(link[0])
    dan.presses("16", within=PATIENCE)
    assert task_of(cat) == task_of(dan)
    dan.sends_photo(face(2))
    cat.sends_file(face(3, "anger"))
    assert {is_a_card(site, result_of(person)) for person in (cat, dan)} == {True}
