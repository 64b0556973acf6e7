"""What people do with the bot beside duelling: they practise, send films, look at what is kept of them, and go."""

import re

import pytest

from tests.botapi import Person, Shown
from tests.duels.site import PATIENCE, Site
from tests.duels.steps import CYRILLIC, Story, Told, entries, face, open_room, result_of, see, sit_down
from tests.faces import draw_face, film_bytes, photo_bytes

pytestmark = pytest.mark.slow

SQUARE = (480, 480)  # as video notes are
COMPRESSED = 15.0  # points of match that a film may lose: it came to 9 at most over all prompts


def shown_by(person: Person, words: str) -> Shown:
    return person.sees(words, within=PATIENCE)


def switched(person: Person, words: str) -> Shown:
    """Presses the switch and sees the menu as it is then."""
    person.presses(words, within=PATIENCE)
    return shown_by(person, "⚙️")


def figures(site: Site, person: Person) -> list[tuple[object, ...]]:
    query = "select mu, wins, losses, draws, faces from accounts_player where telegram_id = ?"
    return [tuple(row) for row in site.rows(query, person.id)]


def frame_of(site: Site, person: Person) -> int:
    query = """
        select frame_ms from duels_entry join accounts_player player on player.id = player_id
        where telegram_id = ? order by duels_entry.id desc limit 1
    """
    [[frame]] = site.rows(query, person.id)
    return int(frame)


def practice_is_told_at_once_and_moves_nothing(site: Site) -> None:
    """From the first menu, and again beside a search that goes on."""
    ann = site.player("Ann")
    before = figures(site, ann)
    ann.presses("Practice", within=PATIENCE)
    shown_by(ann, "just you and the judge")
    ann.sends_photo(face(0))
    assert "The judge saw:" in shown_by(ann, "Match:").text
    ann.types("/duel")
    shown_by(ann, "Bored?")
    ann.presses("Practice", within=PATIENCE)
    shown_by(ann, "just you and the judge")
    ann.sends_photo(face(0, "anger"))
    shown_by(ann, "Match:")
    assert figures(site, ann) == before
    boris = site.player("Борис", "ru")
    boris.types("/duel")
    for person in (ann, boris):
        see(person, "prompt")
    ann.types("/practice")
    shown_by(ann, "You are in a duel right now")
    for person in (ann, boris):
        person.sends_photo(face(0))
    for person in (ann, boris):
        see(person, "draw")


def a_video_note_is_judged_by_its_best_frame(site: Site) -> None:
    """The same two faces are shown one by one, as photos, by the other players."""
    faces = [draw_face(0, emotion, SQUARE) for emotion in ("surprise", "sadness")]
    people = cat, *others = sit_down(site, "Cat", "Dan", "ru:Ева")
    cat.sends_video_note(film_bytes(*faces))
    for person, picture in zip(others, faces, strict=True):
        person.sends_photo(photo_bytes(picture))
    for person in people:
        person.sees(re.compile("🏆|😤|🤝"), within=PATIENCE)
    film, first, second = (match or 0.0 for _, _, match, _ in entries(site, *people))
    assert film > max(first, second) - COMPRESSED
    if abs(first - second) > COMPRESSED:
        assert frame_of(site, cat) == (0 if first > second else 500)


def who_goes_leaves_a_nameless_mark(site: Site) -> None:
    fay, gleb = sit_down(site, "Fay", "ru:Глеб")
    for person in (fay, gleb):
        person.sends_photo(face(1))
    results = [see(person, "draw") for person in (fay, gleb)]
    [[name]] = site.rows("select name from accounts_player where telegram_id = ?", fay.id)
    assert name in results[1].text
    kept = figures(site, gleb)
    fay.types("/delete_me")
    fay.presses("I stay", within=PATIENCE)
    shown_by(fay, "Phew")
    fay.types("/delete_me")
    fay.presses("Yes, delete me", within=PATIENCE)
    shown_by(fay, "we remember nothing")
    assert site.rows("select 1 from accounts_player where telegram_id = ?", fay.id) == []
    assert site.rows("select 1 from duels_update where sender = ?", fay.id) == []
    assert site.rows("select 1 from duels_update where sender is null and payload <> '{}'") == []
    gleb.types("/history")
    history = shown_by(gleb, "Твои дуэли").text
    assert "тот, кто ушёл" in history
    assert name not in history
    gleb.press_data(results[1], results[1].button("Реванш"))
    shown_by(gleb, "не дозваться")
    gleb.press_data(results[1], results[1].button("Пожаловаться"))
    shown_by(gleb, "больше нет")
    assert figures(site, gleb) == kept
    fay.press_data(results[0], results[0].button("Rematch"))  # whoever comes back is a newcomer
    fay.presses("16", within=PATIENCE)
    fay.types("/me")
    shown_by(fay, "Not a single duel yet")


def a_russian_finds_everything_in_russian(site: Site) -> None:
    ivan = site.player("Иван", "ru", shows_face=False)
    ivan.types("/settings")
    assert "⬜ Моё лицо в итогах — соперникам" in shown_by(ivan, "⚙️").buttons
    assert "✅ Моё лицо в итогах — соперникам" in switched(ivan, "соперникам").buttons
    assert "⬜ Напоминания и вести о соперниках" in switched(ivan, "Напоминания").buttons
    assert "⬜ Я в таблицах лучших" in switched(ivan, "Я в таблицах").buttons
    asked = {
        "/privacy": "🔐 Приватность",
        "/help": "Как играть",
        "/about": "меряет",
        "/me": "Пока ни одной дуэли",
        "/history": "пока пусто",
        "/top": "Тебя в таблицах не видно",
        "/name": "Сейчас тебя зовут",
    }
    for command, answer in asked.items():
        ivan.types(command)
        shown_by(ivan, answer)
    ivan.types("/delete_me")
    ivan.presses("Да, удаляй", within=PATIENCE)
    shown_by(ivan, "тебя больше не помним")
    assert [shown.text for shown in ivan.messages if not CYRILLIC.search(shown.text)] == []
    assert site.rows("select 1 from accounts_player where telegram_id = ?", ivan.id) == []


def a_newcomer_changes_the_language_on_the_way_into_a_room(site: Site) -> None:
    host, guest = site.player("Jane"), site.newcomer("Костя", "en")
    code = open_room(host, 2)
    guest.types(f"/start room_{code}")
    guest.presses("Русский", within=PATIENCE)
    guest.presses("Мне есть 16", within=PATIENCE)
    assert "Против тебя" in shown_by(guest, "Против тебя").text
    for person in (host, guest):
        person.sends_photo(face(2))
    for person in (host, guest):
        result_of(person)


STORIES: tuple[Story, ...] = (
    practice_is_told_at_once_and_moves_nothing,
    a_video_note_is_judged_by_its_best_frame,
    who_goes_leaves_a_nameless_mark,
    a_russian_finds_everything_in_russian,
    a_newcomer_changes_the_language_on_the_way_into_a_room,
)


def test_beside_duels(told: Told, story: Story) -> None:
    told[story].result()
