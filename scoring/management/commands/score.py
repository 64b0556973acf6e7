import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from scoring.management.judging import errors_of_models, open_judge
from scoring.photos import PhotoError, read_file

if TYPE_CHECKING:
    from scoring import Score
    from scoring.judge import Scorer

# One batch: a large judge takes about a second for a photo, and the bar should move.
AT_ONCE = 8
# The place in a batch changes a score's last digits.
ROUNDING = 1e-6


class Command(BaseCommand):
    help = "Says whose face shows the prompt best: a table of the photos, the best first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--prompt", required=True, help='what the faces should show, as "anger with a smile"')
        parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="JPEG, PNG or WebP")
        parser.add_argument("--json", action="store_true", help="one object a line, the best first")

    def handle(self, *args: Any, **options: Any) -> None:
        prompt = options["prompt"].strip()
        if not prompt:
            raise CommandError("--prompt is empty: say what the faces should show.")
        scorer = open_judge()
        with errors_of_models():
            judged = _judge(scorer, prompt, options["photos"])
        scored = [(path, found) for path, found in judged if not isinstance(found, str)]
        scored.sort(key=lambda each: -each[1].value)
        failed = [(path, found) for path, found in judged if isinstance(found, str)]
        if options["json"]:
            self._tell_json(prompt, scored, failed, scorer)
        else:
            self._tell(prompt, scored, failed)
        if failed:
            raise CommandError(f"{len(failed)} of {len(judged)} photos could not be judged.")

    def _tell(self, prompt: str, scored: "list[tuple[Path, Score]]", failed: list[tuple[Path, str]]) -> None:
        if scored:
            self.stdout.write(f"place  match   score  photo ({prompt})")
        places = _places(scored)
        for place, (path, score) in zip(places, scored, strict=True):
            if score.face is None:
                self.stdout.write(f"    -      -       -  {path}: no face was found")
            else:
                self.stdout.write(f"{place:5}  {score.match:5.1f}  {score.value:6.3f}  {path}")
        first = [path for place, (path, score) in zip(places, scored, strict=True) if place == 1 and score.face]
        if len(first) > 1:
            self.stdout.write("A draw: " + ", ".join(map(str, first)))
        elif first:
            self.stdout.write(f"Winner: {first[0]}")
        elif scored:
            self.stdout.write("No winner: no face was found.")
        for path, error in failed:
            self.stderr.write(f"{path}: {error}")

    def _tell_json(
        self, prompt: str, scored: "list[tuple[Path, Score]]", failed: list[tuple[Path, str]], scorer: "Scorer"
    ) -> None:
        judge = {"judge": scorer.name, "version": scorer.version, "prompt": prompt}
        for place, (path, score) in zip(_places(scored), scored, strict=True):
            self.stdout.write(json.dumps({"photo": str(path), **_as_json(place, score), **judge}))
        for path, error in failed:
            self.stdout.write(json.dumps({"photo": str(path), "error": error, **judge}))


def _judge(scorer: "Scorer", prompt: str, paths: list[Path]) -> "list[tuple[Path, Score | str]]":
    """A photo that cannot be judged has the reason in place of a score."""
    found: list[tuple[Path, Score | str]] = []
    with tqdm(desc="photos", total=len(paths), unit="", leave=False, delay=2) as bar:
        for begin in range(0, len(paths), AT_ONCE):
            batch = [(path, _read(path)) for path in paths[begin : begin + AT_ONCE]]
            scores = iter(scorer.score_many([(data, prompt) for _, data in batch if isinstance(data, bytes)]))
            for path, data in batch:
                result = next(scores) if isinstance(data, bytes) else data
                found.append((path, str(result) if isinstance(result, PhotoError) else result))
            bar.update(len(batch))
    return found


def _read(path: Path) -> bytes | str:
    try:
        return read_file(path)
    except OSError as error:
        return error.strerror or str(error)


def _places(scored: "list[tuple[Path, Score]]") -> list[int]:
    """Equal scores share a place."""
    values = [score.value for _, score in scored]
    return [1 + sum(other > value + ROUNDING for other in values) for value in values]


def _as_json(place: int, score: "Score") -> dict[str, Any]:
    face = score.face
    return {
        "place": place if face else None,
        # JSON knows no minus infinity.
        "score": round(score.value, 6) if math.isfinite(score.value) else None,
        "match": score.match,
        "face": face and {"box": [round(edge, 4) for edge in face.box], "tilt": round(face.tilt, 1)},
    }
