"""What the bot does not take, and what it says instead."""

import re

import pytest

from tests.botapi import Person
from tests.duels.site import PATIENCE, Site
from tests.duels.steps import Story, Told, face, open_room, outcomes, see, sit_down, wall

pytestmark = pytest.mark.slow

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)


def hears(person: Person, *words: str) -> None:
    for each in words:
        person.sees(each, within=PATIENCE)


def what_is_no_face_may_be_retaken(site: Site) -> None:
    people = ann, boris = sit_down(site, "Ann", "ru:Борис")
    ann.sends_file(face(0)[:5000])
    hears(ann, "Send it once more")
    ann.sends_file(HEIC)  # it calls itself a JPEG
    hears(ann, "HEIC")
    ann.sends_photo(wall())
    see(ann, "no face")
    ann.sends_photo(face(0, "neutral"))
    hears(ann, "Your face is in")
    ann.sends_photo(face(0, "happiness"))
    hears(ann, "can't be changed")
    ann.types("/cancel")
    hears(ann, "no way back")
    boris.sends_file(face(1))
    for person in people:
        person.sees(re.compile("🏆|😤"), within=PATIENCE)
    assert [len([shown for shown in boris.messages if "👀" in shown.text])] == [1]


def what_is_no_photo_is_told_so_and_the_duel_goes_on(site: Site) -> None:
    people = cat, dima = sit_down(site, "Cat", "ru:Дима")
    cat.sends_file(HEIC, "face.heic", "image/heic")
    hears(cat, "HEIC")
    cat.sends_file(b"%PDF-1.7", "face.pdf", "application/pdf")
    hears(cat, "isn't a picture")
    cat.sends_sticker()
    hears(cat, "Pretty!")
    cat.types("is this thing on?")
    hears(cat, "only understand faces")
    cat.types("/duel")
    hears(cat, "You are in a duel right now")
    dima.sends_sticker()
    hears(dima, "🦄")
    assert outcomes(site, *people) == ["", ""]
    cat.sends_album([face(2), face(3)])
    dima.sends_album([face(2), face(3)])
    for person in people:
        see(person, "draw")
        assert len([shown for shown in person.messages if "📸 Got" in shown.text or "📸 Есть" in shown.text]) <= 1


def without_a_duel_there_is_a_useful_answer(site: Site) -> None:
    eve, foma = site.player("Eve"), site.player("Фома", "ru")
    eve.sends_photo(face(4))
    assert "⚔️ Random opponent" in eve.sees("you have no duel now", within=PATIENCE).buttons
    foma.sends_photo(face(5))
    assert "⚔️ Случайный соперник" in foma.sees("Только дуэли у тебя", within=PATIENCE).buttons
    asked = {
        "/cancel": "nothing to cancel",
        "/join ACDEFH": "no open room ACDEFH",
        "acdefj": "no open room",
        "/room 9": "2 to 4 players",
        "/name a": "characters",
        "/language xx": "don't speak",
        "/dance": "don't know that command",
    }
    for words, answer in asked.items():
        eve.types(words)
        hears(eve, answer)


def rooms_let_in_whom_they_are_for(site: Site) -> None:
    host, guest, late = site.player("Hugo"), site.player("Inna"), site.player("Jack")
    code = open_room(host, 2)
    host.types(f"/join {code}")
    hears(host, "in room")
    host.types("/duel")
    hears(host, "are in a room")
    guest.types(code.lower())
    see(host, "prompt")
    see(guest, "prompt")
    late.types(f"/join {code}")
    hears(late, "no open room")
    for person in (host, guest):
        person.sends_photo(face(6))
    for person in (host, guest):
        see(person, "draw")


def without_consent_nothing_is_played(site: Site) -> None:
    newcomer = site.newcomer("Kolya")
    for words in ("/duel", "/practice", "/room"):
        newcomer.types(words)
        hears(newcomer, "What happens to your photo")
    newcomer.sends_photo(face(7))
    hears(newcomer, "you have no duel now")


def names_are_ones_own(site: Site) -> None:
    one, other = site.player("Lea"), site.player("Mischa")
    one.types("/name Lovely Lea")
    hears(one, "From now on you are")
    asked = {
        "/name Lovely Lea": "is taken",
        "/name L0vely_Lea": "is taken",
        "/name <b>bold</b>": "make a name",
        "/name Moderator": "might be taken for ours",
    }
    for words, answer in asked.items():
        other.types(words)
        hears(other, answer)


def what_cannot_be_judged_is_told_before_it_is_fetched(site: Site) -> None:
    nina = site.player("Nina")
    video = nina.file(b"film") | {"width": 480, "height": 640, "duration": 3}
    nina.sends({"video": video})
    hears(nina, "don't take videos")
    nina.sends({"voice": nina.file(b"voice") | {"duration": 3}})
    hears(nina, "deaf")
    huge = nina.file(face(0)) | {"file_name": "face.jpg", "mime_type": "image/jpeg", "file_size": 20_000_001}
    nina.sends({"document": huge})
    hears(nina, "larger than 20 MB")


def buttons_that_came_too_early_or_too_late_say_so(site: Site) -> None:
    host, guest = site.player("Olga"), site.player("Paul")
    code = open_room(host, 2)
    host.press_data(host.last, {"callback_data": "begin"})
    hears(host, "alone in the room")
    guest.press_data(guest.last, {"callback_data": "ready"})
    hears(guest, "that opponent is gone")
    guest.types(f"/join {code}")
    for person in (host, guest):
        see(person, "prompt")
    guest.types("/cancel")
    question = guest.sees("Give up?", within=PATIENCE)
    duel = question.button("I give up")["callback_data"].split(":")[1]
    guest.press_data(question, {"callback_data": f"rematch:{duel}"})
    hears(guest, "isn't over yet")
    for person in (host, guest):
        person.sends_photo(face(6))
    for person in (host, guest):
        see(person, "draw")


def who_searches_or_is_suspended_is_told_so(site: Site) -> None:
    rosa, sam = site.player("Rosa"), site.player("Sam")
    for _ in range(2):
        rosa.types("/duel")
    hears(rosa, "looking for your opponent already")
    rosa.types("/cancel")
    hears(rosa, "The search has stopped")
    suspension = "suspended_until=timezone.now() + timezone.timedelta(1), suspension_reason='Screens'"
    players = f"Player.objects.filter(telegram_id={sam.id})"
    code = f"from accounts.models import Player; from django.utils import timezone; {players}.update({suspension})"
    site.manage("shell", "-c", code)
    for words in ("/duel", "/room", "/practice"):
        sam.types(words)
        hears(sam, "Screens")


STORIES: tuple[Story, ...] = (
    what_is_no_face_may_be_retaken,
    what_is_no_photo_is_told_so_and_the_duel_goes_on,
    without_a_duel_there_is_a_useful_answer,
    rooms_let_in_whom_they_are_for,
    without_consent_nothing_is_played,
    names_are_ones_own,
    what_cannot_be_judged_is_told_before_it_is_fetched,
    buttons_that_came_too_early_or_too_late_say_so,
    who_searches_or_is_suspended_is_told_so,
)


def test_refusals(told: Told, story: Story) -> None:
    told[story].result()
