import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.management.reading import add_options, errors_told, open_reader
from scoring.photos import PhotoError, open_photo, read_file

SHORTEST_SIDE = 720


class Command(BaseCommand):
    help = "Finds every face in photos and tells its emotion."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
        add_options(parser)
        parser.add_argument("--json", action="store_true", help="one object a line for each photo")
        parser.add_argument(
            "--annotate", type=Path, metavar="DIR", help="write each photo there with its faces drawn in"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        reader, bad = open_reader(options), 0
        drawn: set[str] = set()
        for path in options["photos"]:
            try:
                image = open_photo(read_file(path), SHORTEST_SIDE)
            except (PhotoError, OSError) as error:
                bad += 1
                self._tell_bad(path, error, options["json"])
                continue
            faces = reader.read(image)
            self._tell(path, image.size, faces, options["json"])
            if options["annotate"]:
                self._draw(image, faces, _unused(options["annotate"], path.stem, drawn))
        if bad:
            raise CommandError(f"{bad} of {len(options['photos'])} photos could not be read.")

    def _tell(self, path: Path, size: tuple[int, int], faces: list[Any], as_json: bool) -> None:
        if as_json:
            found = {"photo": str(path), "size": list(size), "faces": [face.as_json() for face in faces]}
            self.stdout.write(json.dumps(found))
            return
        self.stdout.write(f"{path}: {len(faces) or 'no'} face{'' if len(faces) == 1 else 's'}")
        for face in faces:
            shares = sorted(face.shares.items(), key=lambda item: -item[1])[:3]
            told = ", ".join(f"{name} {share:.0%}" for name, share in shares)
            axes = f"valence {face.valence:+.2f}, arousal {face.arousal:+.2f}"
            self.stdout.write(f"  {face.emotion}  at {face.box}  ({told}; {axes})")

    def _tell_bad(self, path: Path, error: Exception, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"photo": str(path), "error": str(error)}))
        else:
            self.stderr.write(f"{path}: {error}")

    def _draw(self, image: Any, faces: list[Any], path: Path) -> None:
        from scoring.lab.drawing import annotated

        with errors_told():
            path.parent.mkdir(parents=True, exist_ok=True)
            annotated(image, faces).save(path)


def _unused(folder: Path, stem: str, drawn: set[str]) -> Path:
    """Two photos of one name from two folders are two pictures."""
    name = next(each for each in _names(stem) if each not in drawn)
    drawn.add(name)
    return folder / f"{name}.png"


def _names(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}-{number}" for number in count(2))
