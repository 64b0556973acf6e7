"""Buttons pressed twice, too late, by the wrong person or by nobody's bot; and persons who avoid each other."""

import re

import pytest

from tests.botapi import Person, Shown
from tests.duels.site import PATIENCE, Site
from tests.duels.steps import Story, Told, face, open_room, play_again, result_of, see, sit_down

pytestmark = pytest.mark.slow


def twice(person: Person, shown: Shown, words: str) -> None:
    for _ in range(2):
        person.press_data(shown, shown.button(words))


def finish(*people: Person) -> list[Shown]:
    for person in people:
        person.sends_photo(face(0))
    return [result_of(person) for person in people]


def duels_of(site: Site, person: Person) -> int:
    query = "select count(*) from duels_entry e join accounts_player p on p.id = e.player_id where telegram_id = ?"
    [[count]] = site.rows(query, person.id)
    return int(count)


def impatient_newcomers_play_one_duel(site: Site) -> None:
    """Each button twice; the search, too."""
    people = site.newcomer("Ann"), site.newcomer("Bob")
    for person in people:
        person.types("/start")
        twice(person, person.sees("What happens to your photo", within=PATIENCE), "16")
        twice(person, person.sees("One question", within=PATIENCE), "😎")
    menus = [person.sees("shall we", within=PATIENCE) for person in people]
    for person, menu in zip(people, menus, strict=True):
        twice(person, menu, "Random opponent")
    for person in people:
        see(person, "prompt")
        person.sees(re.compile("already|right now"), within=PATIENCE)
    finish(*people)
    assert [duels_of(site, person) for person in people] == [1, 1]


def a_rematch_is_one_however_often_it_is_pressed(site: Site) -> None:
    people = sit_down(site, "Cat", "Dan")
    results = finish(*people)
    for person, result in zip(people, results, strict=True):
        twice(person, result, "Rematch")
    for person in people:
        see(person, "prompt")
    finish(*people)
    assert [duels_of(site, person) for person in people] == [2, 2]


def strangers_buttons_do_nothing(site: Site) -> None:
    one, other = sit_down(site, "Eva", "Fay")
    stranger = site.player("Gus")
    one.types("/cancel")
    give_up = one.sees("Give up?", within=PATIENCE)
    stranger.press_data(give_up, give_up.button("I give up"))
    stranger.sees("you have no duel", within=PATIENCE)
    result, _ = finish(one, other)
    for words in ("Rematch", "Report"):
        stranger.press_data(result, result.button(words))
        stranger.sees("That isn't your duel", within=PATIENCE)
    stranger.press_data(result, {"callback_data": "no_such_thing:1"})
    stranger.press_data(result, {"callback_data": "history:sideways"})
    for _ in range(2):
        stranger.sees("grown old", within=PATIENCE)
    one.press_data(give_up, give_up.button("I give up"))
    one.sees("you have no duel", within=PATIENCE)


def only_the_host_starts_a_room(site: Site) -> None:
    host, first, second = (site.player(name) for name in ("Hal", "Ida", "Jim"))
    code = open_room(host, 4)
    for guest, inside in ((first, "2 of 4"), (second, "3 of 4")):
        guest.types(f"/join {code}")
        host.sees(inside, within=PATIENCE)
    button = {"callback_data": "begin"}
    first.press_data(first.last, button)
    first.sees("Only the room's host", within=PATIENCE)
    host.press_data(host.last, button)
    host.press_data(host.last, button)
    for person in (host, first, second):
        see(person, "prompt")
    host.sees("in no open room", within=PATIENCE)
    finish(host, first, second)
    assert duels_of(site, host) == 1


STORIES: tuple[Story, ...] = (
    impatient_newcomers_play_one_duel,
    a_rematch_is_one_however_often_it_is_pressed,
    strangers_buttons_do_nothing,
    only_the_host_starts_a_room,
)


def test_presses(told: Told, story: Story) -> None:
    told[story].result()


def test_who_blocks_somebody_never_meets_them_again(site: Site) -> None:
    ann, bob = sit_down(site, "Ann", "Bob")
    mine, his = finish(ann, bob)
    ann.press_data(mine, mine.button("Report"))
    menu = ann.sees("What is wrong", within=PATIENCE)
    twice(ann, menu, "Block")
    ann.sees("You won't meet", within=PATIENCE)
    bob.press_data(his, his.button("Rematch"))
    bob.sees("can't be had", within=PATIENCE)
    for person in (ann, bob):
        person.types("/duel")
        person.sees("Looking for an opponent", within=PATIENCE)
    cat, dan = site.player("Cat"), site.player("Dan")
    for person in (cat, dan):
        person.types("/duel")
    for person in (ann, bob, cat, dan):
        see(person, "prompt")
    finish(ann, bob, cat, dan)


def test_reports_are_filed_once(site: Site) -> None:
    ann, bob = sit_down(site, "Ann", "Bob")
    result, _ = finish(ann, bob)
    before = site.rows("select count(*) from duels_report")[0][0]
    twice(ann, result, "Report")
    ann.sees("What is wrong", within=PATIENCE)
    reasons = ann.sees("What is wrong", within=PATIENCE)
    twice(ann, reasons, "Offensive")
    ann.sees("Thank you", within=PATIENCE)
    play_again([bob, ann])  # whoever was reported plays on
    finish(bob, ann)
    assert site.rows("select count(*) from duels_report")[0][0] == before + 1
