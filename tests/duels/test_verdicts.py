"""Every way a duel ends, with two to four players who read two languages, while every update comes twice."""

import re

import pytest

from tests.duels.site import PATIENCE, Site
from tests.duels.steps import (
    PLACES,
    Story,
    Told,
    deadline_of,
    entries,
    face,
    is_a_card,
    outcomes,
    see,
    sit_down,
    wait_until,
    wall,
)

pytestmark = pytest.mark.slow


def the_better_face_wins(site: Site) -> None:
    people = ann, boris = sit_down(site, "Ann", "ru:Борис")
    ann.sends_photo(face(0, "happiness"))
    boris.sends_photo(face(1, "anger"))
    results = [person.sees(re.compile("🏆|😤"), within=PATIENCE) for person in people]
    matches = [match or 0 for _, _, match, _ in entries(site, *people)]
    winner, loser = people if matches[0] > matches[1] else (boris, ann)
    assert outcomes(site, winner, loser) == ["win", "loss"]
    assert all(is_a_card(site, result) for result in results)
    assert "Rating: 1500" in results[0].text
    assert "Рейтинг: 1500" in results[1].text


def equal_faces_draw(site: Site) -> None:
    people = sit_down(site, "Cat", "ru:Даша")
    for person in people:
        person.sends_photo(face(2, "surprise"))
    for person in people:
        see(person, "draw")
    assert outcomes(site, *people) == ["draw", "draw"]


def a_face_beats_none(site: Site) -> None:
    people = emma, fedor = sit_down(site, "Emma", "ru:Фёдор")
    fedor.sends_photo(wall())
    see(fedor, "no face")
    emma.sends_photo(face(3))
    assert "only face" in see(emma, "win").text
    see(fedor, "loss")
    assert [(outcome, match is None) for outcome, _, match, _ in entries(site, *people)] == [
        ("win", False),
        ("loss", True),
    ]


def who_does_not_come_loses(site: Site) -> None:
    people = gleb, hana = sit_down(site, "ru:Глеб", "Hana")
    gleb.sends_photo(face(4, "sadness"))
    hana.sees("👀", within=PATIENCE)
    hana.sees("⏰", within=PATIENCE)
    assert "единственным" in see(gleb, "win").text
    assert "no photo" in see(hana, "loss").text
    assert outcomes(site, *people) == ["win", "loss"]
    assert not [shown for shown in gleb.messages if "⏰" in shown.text]


def without_a_face_all_lose(site: Site) -> None:
    people = ivan, jane = sit_down(site, "ru:Иван", "Jane")
    ivan.sends_photo(wall())
    see(ivan, "no face")
    for person in (ivan, jane):
        see(person, "faceless")
    assert [(outcome, moved) for outcome, _, _, moved in entries(site, *people)] == [("loss", False)] * 2


def without_a_photo_nothing_counts(site: Site) -> None:
    people = sit_down(site, "Kim", "ru:Лена")
    for person in people:
        see(person, "cancelled")
    assert outcomes(site, *people) == ["", ""]
    played = "select sum(wins + losses + draws) from accounts_player where telegram_id in (?, ?)"
    assert site.rows(played, *(person.id for person in people)) == [(0,)]


def who_gives_up_loses(site: Site) -> None:
    people = mia, nina = sit_down(site, "Mia", "ru:Нина")
    nina.types("/cancel")
    nina.presses("🏳️", within=PATIENCE)
    mia.sees("🏳️", within=PATIENCE)
    mia.sends_photo(face(5))
    see(mia, "win")
    see(nina, "loss")
    assert outcomes(site, *people) == ["win", "loss"]


def three_take_their_places(site: Site) -> None:
    people = sit_down(site, "Olaf", "ru:Пётр", "Quinn")
    for person, emotion in zip(people, ("happiness", "anger", "fear"), strict=True):
        person.sends_photo(face(people.index(person), emotion))
    site.wait_for(lambda: all(outcomes(site, *people)), "the duel does not end", PATIENCE)
    places = [place or 0 for _, place, _, _ in entries(site, *people)]
    assert sorted(places) == [1, 2, 3]
    for person, place in zip(people, places, strict=True):
        assert is_a_card(site, person.sees(re.compile(PLACES[place]), within=PATIENCE))


def of_four_two_share_the_first_place(site: Site) -> None:
    people = rita, sergey, tom, ulyana = sit_down(site, "Rita", "ru:Сергей", "Tom", "ru:Ульяна")
    for person in (rita, sergey):
        person.sends_photo(face(6, "surprise"))
    tom.sends_photo(wall())
    for person in (rita, sergey):
        see(person, "draw")
    for person in (tom, ulyana):
        person.sees(re.compile("Place 3|Место: 3|💔"), within=PATIENCE)
    assert [(outcome, place) for outcome, place, _, _ in entries(site, *people)] == [
        ("draw", 1),
        ("draw", 1),
        ("loss", 3),
        ("loss", 3),
    ]


def who_blocks_the_bot_loses_and_the_other_is_told(site: Site) -> None:
    people = vera, will = sit_down(site, "ru:Вера", "Will")
    will.blocks_bot()
    vera.sees("📵", within=PATIENCE)
    vera.sends_photo(face(7))
    see(vera, "win")
    assert outcomes(site, *people) == ["win", "loss"]


def a_photo_sent_in_time_counts_though_it_comes_late(site: Site) -> None:
    people = xenia, yuri = sit_down(site, "Xenia", "ru:Юрий")
    end = deadline_of(site, xenia)
    xenia.sends_photo(face(0))
    wait_until(end + 0.5)
    yuri.sends_photo(face(1, "sadness"), date=end - 1)
    for person in people:
        person.sees(re.compile("🏆|😤"), within=PATIENCE)
    assert None not in [match for _, _, match, _ in entries(site, *people)]


def a_photo_sent_too_late_does_not_count(site: Site) -> None:
    people = zoe, arkady = sit_down(site, "Zoe", "ru:Аркадий")
    end = deadline_of(site, zoe)
    zoe.sends_photo(face(2))
    wait_until(end + 2)
    arkady.sends_photo(face(3))
    arkady.sees(re.compile("⌛|📸 Красота"), within=PATIENCE)
    see(zoe, "win")
    see(arkady, "loss")
    assert outcomes(site, *people) == ["win", "loss"]


SITE = "short"
STORIES: tuple[Story, ...] = (
    the_better_face_wins,
    equal_faces_draw,
    a_face_beats_none,
    who_does_not_come_loses,
    without_a_face_all_lose,
    without_a_photo_nothing_counts,
    who_gives_up_loses,
    three_take_their_places,
    of_four_two_share_the_first_place,
    who_blocks_the_bot_loses_and_the_other_is_told,
    a_photo_sent_in_time_counts_though_it_comes_late,
    a_photo_sent_too_late_does_not_count,
)


def test_verdicts(told: Told, story: Story) -> None:
    told[story].result()
