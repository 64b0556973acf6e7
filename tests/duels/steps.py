"""What persons do in the stories, and what they then see."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

from PIL import Image

from tests.botapi import Person, Shown
from tests.duels.site import PATIENCE, Site
from tests.faces import draw_face, photo_bytes

Story = Callable[[Site], None]
Told = dict[Story, Future[None]]
CYRILLIC = re.compile("[а-яё]")
# In English and in Russian: one's result as it begins.
WORDS = {
    "win": ("Victory", "Победа"),
    "loss": ("Defeat", "Поражение"),
    "draw": ("A draw", "Ничья"),
    "faceless": ("Not a face", "Ни одного лица"),
    "cancelled": ("Nobody sent", "Фото не прислал"),
    "no face": ("can't find a face", "Не вижу здесь лица"),
    "prompt": ("Against you", "Против тебя"),
}
PLACES = {1: "Victory|Победа", 2: "Place 2|Место: 2", 3: "Place 3|Место: 3", 4: "Place 4|Место: 4"}


@cache
def face(person: int = 0, emotion: str = "happiness") -> bytes:
    return photo_bytes(draw_face(person, emotion, (800, 600)))


@cache
def wall() -> bytes:
    """A picture without a face."""
    return photo_bytes(Image.linear_gradient("L").resize((800, 600)).convert("RGB"))


@contextmanager
def side_by_side(site: Site, stories: Sequence[Story]) -> Iterator[Told]:
    """All at once: most of a story is waiting."""
    with ThreadPoolExecutor(len(stories)) as pool:
        yield {story: pool.submit(story, site) for story in stories}


def see(person: Person, what: str) -> Shown:
    """In the person's own language."""
    return person.sees(WORDS[what][person.user["language_code"] == "ru"], within=PATIENCE)


def task_of(person: Person) -> str:
    """The prompt's words."""
    lines = see(person, "prompt").text.splitlines()
    return next(line for line in lines if "🎭" in line)


def result_of(person: Person) -> Shown:
    return person.sees(re.compile("🏆|😤|💔|🙈 <|🤝 A draw|🤝 Ничья"), within=PATIENCE)


def open_room(owner: Person, size: int) -> str:
    """Its code."""
    owner.types(f"/room {size}")
    found = re.search(r"room_(\w{6})", owner.sees("room_", within=PATIENCE).text)
    assert found
    return found[1]


def sit_down(site: Site, *names: str) -> list[Person]:
    """Persons whom a room of their own has led into a duel; they all know the prompt. "ru:Ян" reads Russian."""
    people = [site.player(name.removeprefix("ru:"), "ru" if name.startswith("ru:") else "en") for name in names]
    play_again(people)
    return people


def play_again(people: Sequence[Person]) -> None:
    code = open_room(people[0], len(people))
    for person in people[1:]:
        person.types(f"/join {code}")
    for person in people:
        see(person, "prompt")


def entries(site: Site, *people: Person) -> list[tuple[str, int | None, float | None, bool]]:
    """Of the last duel: outcome, place, match, and whether the rating moved."""
    query = """
        select outcome, place, match, mu_after is not null from duels_entry join accounts_player player
        on player.id = player_id where telegram_id = ? order by duels_entry.id desc limit 1
    """
    return [(row[0], row[1], row[2], bool(row[3])) for person in people for row in site.rows(query, person.id)]


def outcomes(site: Site, *people: Person) -> list[str]:
    return [outcome for outcome, *_ in entries(site, *people)]


def deadline_of(site: Site, person: Person) -> float:
    """Of the duel that runs, in seconds since 1970."""
    query = """
        select deadline from duels_duel duel join duels_entry entry on duel.id = entry.duel_id
        join accounts_player player on player.id = player_id where telegram_id = ? and deadline is not null
        order by duel.id desc limit 1
    """
    site.wait_for(lambda: site.rows(query, person.id), "the clock does not start")
    [[when]] = site.rows(query, person.id)
    return datetime.fromisoformat(str(when)).replace(tzinfo=UTC).timestamp()


def wait_until(when: float) -> None:
    time.sleep(max(0.0, when - time.time()))


def is_a_card(site: Site, shown: Shown) -> bool:
    """What the person gets of our picture."""
    assert shown.photo, f"no picture with: {shown}"
    return Image.open(BytesIO(site.api.chats.files.known(shown.photo).data)).size[0] >= 800
