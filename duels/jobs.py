"""What workers run. A job's argument only wakes it: what is to be done is claimed from the database."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from duels import measuring, play
from duels.models import Duel, Entry
from duels.models.claims import ClaimQuerySet, kept
from scoring import PhotoError, Profile, Score, open_scorer

if TYPE_CHECKING:
    from scoring.judge import Scorer

log = logging.getLogger(__name__)

BATCH = 32
FETCHER = "duels.telegram.files.fetch_photos"

# The photos' bytes in the entries' order, downloaded together; in the place of one that cannot be had, why. There a
# PhotoError is the photo's own fault and told to the player; anything else is ours and tried again.
Fetch = Callable[[Sequence[Entry]], Sequence[bytes | Exception]]


@dataclass(frozen=True)
class Verdict:
    score: Score
    profile: Profile | None = None
    frame_ms: int | None = None


def judge_waiting(fetch: Fetch | None = None, most: int = BATCH) -> int:
    """Judges what waits, up to `most` photos in one batch. How many there were."""
    # What has failed before is judged alone: whatever fails it again, or kills the process, hits no other player.
    fresh = waiting().claim(most, Entry.Status.SENT, tries=0)
    entries = fresh or waiting().claim(1, Entry.Status.SENT, tries__lt=play.JUDGE_TRIES)
    if entries:
        with kept(Entry, entries[0].lease_holder):
            judge(entries, fetch or import_string(FETCHER))
    return len(entries)


def waiting() -> ClaimQuerySet[Entry]:
    running = Entry.objects.filter(status=Entry.Status.SENT, duel__status__in=Duel.RUNNING)
    return running.select_related("duel").order_by("sent_at", "id")


def judge(entries: Sequence[Entry], fetch: Fetch) -> None:
    try:
        photos = fetch(entries)
        pairs = list(zip(entries, photos, strict=True))
        verdicts = iter(verdicts_on([(entry, photo) for entry, photo in pairs if isinstance(photo, bytes)]))
        for entry, photo in pairs:
            record(entry, photo, next(verdicts) if isinstance(photo, bytes) else photo)
    except Exception:
        log.exception("The judge failed on %d photos", len(entries))
        fail(entries)


def verdicts_on(fetched: Sequence[tuple[Entry, bytes]]) -> list[Verdict | PhotoError]:
    films = [each for each in fetched if each[0].media == Entry.Media.VIDEO_NOTE]
    stills = [each for each in fetched if each[0].media != Entry.Media.VIDEO_NOTE]
    found: dict[int, Verdict | PhotoError] = {entry.pk: film_verdict(entry, film) for entry, film in films}
    if stills:
        scores = scorer().score_many([(photo, entry.duel.wording) for entry, photo in stills])
        verdicts = (each if isinstance(each, PhotoError) else Verdict(each) for each in scores)
        found |= dict(zip((entry.pk for entry, _ in stills), verdicts, strict=True))
    return with_profiles(found[entry.pk] for entry, _ in fetched)


def film_verdict(entry: Entry, film: bytes) -> Verdict | PhotoError:
    from scoring.films import score_film

    try:
        score, frame_ms = score_film(scorer(), film, entry.duel.wording)
    except PhotoError as error:
        return error
    return Verdict(score, frame_ms=frame_ms)


def with_profiles(verdicts: Iterable[Verdict | PhotoError]) -> list[Verdict | PhotoError]:
    """What the faces show, whatever was asked: all in one batch, too."""
    verdicts = list(verdicts)
    crops = [each.score.face.crop for each in verdicts if isinstance(each, Verdict) and each.score.face]
    profiles = (scorer().profile_of(vector) for vector in scorer().embed_faces(crops)) if crops else iter(())
    return [
        Verdict(each.score, next(profiles), each.frame_ms) if isinstance(each, Verdict) and each.score.face else each
        for each in verdicts
    ]


def record(entry: Entry, photo: bytes | Exception, verdict: Verdict | Exception) -> None:
    if not isinstance(verdict, Verdict | PhotoError):
        log.warning("The photo of entry %d could not be had: %s", entry.pk, type(verdict).__name__)
        fail([entry])
        return
    digest = hashlib.sha256(photo).hexdigest() if isinstance(photo, bytes) else ""
    play.record_score(entry.pk, entry.attempt, what_was_seen(verdict, digest))


def fail(entries: Sequence[Entry]) -> None:
    """Leaves alone what was recorded before the failure."""
    for entry in entries:
        play.record_failure(entry.pk, entry.attempt, entry.lease_holder)


def what_was_seen(verdict: Verdict | PhotoError, digest: str) -> play.Seen:
    judge = scorer()
    if isinstance(verdict, PhotoError):
        return play.Seen(judge.name, judge.version, verdict.reason, content_hash=digest)
    score, profile = verdict.score, verdict.profile
    if score.face is None or profile is None:
        return play.Seen(judge.name, judge.version, play.NO_FACE, content_hash=digest)
    return play.Seen(
        judge.name,
        judge.version,
        score=score.value,
        match=score.match,
        box=list(score.face.box),
        tilt=score.face.tilt,
        shares=profile.shares,
        valence=profile.valence,
        arousal=profile.arousal,
        content_hash=digest,
        frame_ms=verdict.frame_ms,
    )


def measure_prompts() -> int:
    """After players' photos: they come first."""
    return 0 if waiting().free().exists() else measuring.measure(scorer())


@cache
def scorer() -> "Scorer":
    """Opened once a process, when the first photo comes: it takes seconds and loads torch."""
    return open_scorer(*settings.JUDGE)
