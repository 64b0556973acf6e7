"""Duels from the first /start to the result, as persons live them: through real HTTP, Redis, workers and judge."""

import re

import pytest

from tests.botapi import Person
from tests.duels.site import PATIENCE, Site
from tests.duels.steps import CYRILLIC, face, is_a_card, result_of, task_of

pytestmark = pytest.mark.slow


def rating_points(site: Site, person: Person) -> float:
    [[mu]] = site.rows("select mu from accounts_player where telegram_id = ?", person.id)
    return float(mu)


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
