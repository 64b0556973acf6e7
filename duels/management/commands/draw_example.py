from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from duels.cards import headline, saved
from duels.cards.faces import face_of
from duels.cards.layout import FACES, Card, Side, draw
from duels.rules.rating import Skill, rate
from duels.words import MINUS

if TYPE_CHECKING:
    from scoring import Score

PROMPT, JUDGED = "Show joy with closed eyes", "joy with closed eyes"
PLAYERS = (("Sunny Beaver", 5, True), ("Grinning Badger", 0, False))  # name, drawn person, eyes shut


class Command(BaseCommand):
    help = "Draws the result in README.md anew: drawn faces, and what the judge says of them today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, nargs="?", default=Path("docs/images/duel.jpg"))

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        from scoring import open_scorer
        from tests.faces import draw_face, photo_bytes

        photos = [
            photo_bytes(draw_face(person, "happiness", (800, 600), eyes_shut=shut), quality=92)
            for _, person, shut in PLAYERS
        ]
        scores = open_scorer().score_many([(photo, JUDGED) for photo in photos])
        picture = card(photos, [score for score in scores if not isinstance(score, Exception)])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)
        self.stdout.write(f"{path}: {len(picture) // 1000} kB")


def card(photos: list[bytes], scores: list["Score"]) -> bytes:
    places = [1 + sum((other.match or 0) > (score.match or 0) for other in scores) for score in scores]
    rated = rate([Skill()] * len(scores), places)
    sides = [
        side(name, photo, score, place, skill)
        for (name, *_), photo, score, place, skill in zip(PLAYERS, photos, scores, places, rated, strict=True)
    ]
    return saved(draw(Card(f"“{PROMPT}”", headline(sides), tuple(sides))))


def side(name: str, photo: bytes, score: "Score", place: int, skill: Skill) -> Side:
    assert score.face  # noqa: S101 (drawn so that it is found; a test holds it)
    change = skill.rating - Skill().rating
    return Side(
        name=name,
        face=face_of(photo, score.face.box, score.face.tilt, FACES[len(PLAYERS)]),
        match=score.match,
        figure=f"{score.match:.1f}",
        note="",
        rating=str(skill),
        change=f"+{change}" if change > 0 else f"{MINUS}{-change}",
        wins=place == 1,
    )
