"""Every process dies at once, amid duels. What Telegram has meanwhile, it delivers later."""

import re

import pytest

from tests.botapi import Person
from tests.duels.site import PATIENCE, Site
from tests.duels.steps import deadline_of, entries, face, open_room, outcomes, see, sit_down, task_of, wait_until

pytestmark = pytest.mark.slow


def test_duels_outlive_a_restart_of_everything(short: Site) -> None:
    """Their photos were sent in time, though the deadline passed while nobody was there to take them."""
    ann, boris, cat, dora = short.player("Ann"), short.player("Борис", "ru"), short.player("Cat"), short.player("Dora")
    code = open_room(cat, 2)
    play(ann, boris)
    ann.sends_photo(face(0))
    boris.sees("👀", within=PATIENCE)
    end = deadline_of(short, ann)
    all_is_told(short)
    short.kill(*short.processes)

    boris.sends_photo(face(1, "sadness"), date=end - 1)
    dora.types(f"/join {code}")
    newcomer = short.newcomer("Eve")
    newcomer.types("/start")
    wait_until(end + 6)
    short.start(*short.processes)
    assert task_of(cat) == task_of(dora)
    for person in (cat, dora):  # at once: their time runs while the judge still loads
        person.sends_photo(face(2))
    for person in (ann, boris):
        person.sees(re.compile("🏆|😤"), within=PATIENCE)
    assert None not in [match for _, _, match, _ in entries(short, ann, boris)]
    newcomer.presses("16", within=PATIENCE)
    for person in (cat, dora):
        see(person, "draw")
    short.wait_ready()


def all_is_told(site: Site) -> None:
    """And written down: a sender that is killed before that sends it once more, which chaos alone allows for."""
    site.wait_for(lambda: not site.rows("select 1 from duels_notice where status = 'waiting'"), "something waits")


def play(one: Person, other: Person) -> None:
    code = open_room(one, 2)
    other.types(f"/join {code}")
    for person in (one, other):
        see(person, "prompt")


def test_a_photo_in_the_inbox_holds_the_end_up(short: Site) -> None:
    people = fred, galya = sit_down(short, "Fred", "ru:Галя")
    fred.sends_photo(face(3))
    galya.sees("👀", within=PATIENCE)
    end = deadline_of(short, fred)
    all_is_told(short)
    short.kill("telegram1", "telegram2")
    galya.sends_photo(face(4, "fear"))
    wait_until(end + 8)
    assert outcomes(short, *people) == ["", ""]
    short.start("telegram1", "telegram2")
    for person in people:
        person.sees(re.compile("🏆|😤"), within=PATIENCE)
    assert None not in [match for _, _, match, _ in entries(short, *people)]
