from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from duels.arena.faces import FOLDER

SIZE, HEIGHT = 440, 280  # of the picture, and from crown to chin


class Command(BaseCommand):
    help = "Draws the arena's faces anew, two of each emotion: opponents for who plays alone. They are nobody's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        from tests.faces import EMOTIONS, PERSONS, draw_face, photo_bytes

        folder.mkdir(parents=True, exist_ok=True)
        for number, emotion in enumerate(EMOTIONS):
            for person in (2 * number % PERSONS, (2 * number + 3) % PERSONS):
                face = draw_face(person, emotion, (SIZE, SIZE), face_height=HEIGHT)
                # Half as large as a JPEG of that quality: two of them are most of the front page.
                (folder / f"{emotion}-{person}.webp").write_bytes(photo_bytes(face, "WEBP", quality=80, method=6))
