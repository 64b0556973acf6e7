"""The judge: its weights are the right ones, it opens, and where asked for it sees a drawn face."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import Error

from duels.arena import faces
from duels.doctor.findings import Finding, fault, ok, warning
from duels.models import TrainedWeights
from scoring import PhotoError, open_scorer

SUMS = "SHA256SUMS"
FACE = "happiness"
PROMPT = "a happy face with a broad smile"
CURE = "Restore scoring/weights/ from the release, or mend SCORER and what belongs to it."


def judge(deep: bool) -> Iterator[Finding]:
    if not settings.SCORER and not settings.SCORER_CHECKPOINT:
        yield from weights(settings.BASE_DIR / "scoring" / "weights")
    begin = time.monotonic()
    try:
        scorer = open_scorer(*settings.JUDGE)
    except Exception as error:  # noqa: BLE001 (whatever the libraries raise)
        yield fault("model", f"does not open: {type(error).__name__}: {error}".split("\n")[0], CURE)
        return
    yield ok("model", f"{scorer.name} {scorer.version} on {scorer.device}, open in {time.monotonic() - begin:.1f} s")
    if deep:
        yield sees(scorer)


def weights(folder: Path) -> Iterator[Finding]:
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    listed = {name: given for given, name in map(str.split, lines)}
    found = {name: digest(folder / name) for name in listed}
    if lacking := [name for name, each in found.items() if not each]:
        yield fault("weights", f"{', '.join(lacking)} lacks", CURE)
    elif found == listed:
        yield ok("weights", "as shipped")
    elif any(map(is_ours, found.values())):
        yield ok("weights", "of our own training")
    else:
        odd = ", ".join(name for name in listed if found[name] != listed[name])
        yield warning("weights", f"{odd}: neither what ships nor of our own training", CURE)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def is_ours(digest: str) -> bool:
    try:
        return TrainedWeights.objects.filter(digest=digest).exists()
    except Error:
        return False


def sees(scorer: object) -> Finding:
    face = next(name for name in faces.faces() if faces.emotion_of(name) == FACE)
    begin = time.monotonic()
    [found] = scorer.score_many([(faces.photo_of(face), PROMPT)])  # type: ignore[attr-defined]
    took = time.monotonic() - begin
    if isinstance(found, PhotoError) or found.face is None:
        return fault("model", "sees no face in a drawn one", CURE)
    return ok("model", f"gave a drawn face {found.match:.1f} in {took * 1000:.0f} ms")
