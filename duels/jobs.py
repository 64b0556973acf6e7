"""What workers run. A job's argument only wakes it: what is to be done is claimed from the database."""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string

from duels import arena, fairplay, measuring, offensive, play, tallies
from duels.cards.arena import arena_card
from duels.models import ArenaDuel, ArenaEntry, Duel, Entry
from duels.models.claims import ClaimQuerySet, Row, kept
from emotionduel import trail
from emotionduel.encryption import NotOurs, seal, unseal
from scoring import PhotoError, Profile, Score, open_scorer

if TYPE_CHECKING:
    from scoring.judge import Scorer

log = logging.getLogger(__name__)

BATCH = 32
# A GPU takes hardly longer for many faces than for one: it waits so long for a batch to fill. A CPU never does.
FILL_SECONDS, FILL_STEP = 0.05, 0.01
ARENA_BATCH = 8  # so that a player who comes next waits half a second at most
FETCHER = "duels.telegram.files.fetch_photos"

Photo = Entry | ArenaEntry

# The photos' bytes in the entries' order, downloaded together; in the place of one that cannot be had, why. There a
# PhotoError is the photo's own fault and told to the player; anything else is ours and tried again.
Fetch = Callable[[Sequence[Entry]], Sequence[bytes | Exception]]


@dataclass(frozen=True)
class Desk:
    """What differs between Telegram's duels and the arena's: where photos come from, and who is told what was seen."""

    fetch: Callable[[Sequence[Any]], Sequence[bytes | Exception]]
    record: Callable[[Any, play.Seen, fairplay.Trace], bool]
    fail: Callable[[int, int, str], None]


@dataclass(frozen=True)
class Verdict:
    score: Score
    profile: Profile | None = None
    frame_ms: int | None = None


def judge_waiting(fetch: Fetch | None = None, most: int = BATCH) -> int:
    """Judges what waits, up to `most` photos in one batch. How many. Players' photos come first: their clocks run."""
    if on_gpu():
        fill(lambda: waiting().free().filter(tries=0)[:most].count(), most)
    if entries := claimed(waiting(), Entry.Status.SENT, play.JUDGE_TRIES, most):
        with trail.on(**about(entries)), kept(Entry, entries[0].lease_holder):
            judge(entries, Desk(fetch or import_string(FETCHER), record_shown, play.record_failure))
        return len(entries)
    if guests := claimed(arena.to_judge(), ArenaEntry.Status.SENT, arena.TRIES, min(most, ARENA_BATCH)):
        with kept(ArenaEntry, guests[0].lease_holder):
            judge(guests, Desk(unsealed, record_guest, arena.record_failure))
    return len(guests)


def on_gpu() -> bool:
    return (settings.SCORER_DEVICE or "").startswith("cuda")


def fill(count: Callable[[], int], most: int) -> None:
    """Until so many wait, nothing waits, or the time is over."""
    end = time.monotonic() + FILL_SECONDS
    while 0 < count() < most and time.monotonic() < end:
        time.sleep(FILL_STEP)


def about(entries: Sequence[Entry]) -> trail.Marks:
    """All duels of the batch, for whatever is said of it as a whole."""
    duels = sorted({entry.duel.public_id for entry in entries})
    return {"duel": ",".join(duels), "entry": ",".join(str(entry.pk) for entry in entries)}


def claimed(waiting: ClaimQuerySet[Row], status: str, tries: int, most: int) -> list[Row]:
    """What has failed before is judged alone: whatever fails it again, or kills the process, hits nobody else."""
    return waiting.claim(most, status, tries=0) or waiting.claim(1, status, tries__lt=tries)


def waiting() -> ClaimQuerySet[Entry]:
    running = Entry.objects.filter(status=Entry.Status.SENT, duel__status__in=Duel.RUNNING)
    return running.select_related("duel").order_by("sent_at", "id")


def photos_wait() -> bool:
    """Those that are being judged count too."""
    return waiting().exists() or arena.to_judge().exists()


def unsealed(entries: Sequence[ArenaEntry]) -> list[bytes | Exception]:
    return [opened(entry) for entry in entries]


def opened(entry: ArenaEntry) -> bytes | Exception:
    try:
        return unseal(entry.photo or b"")
    except NotOurs as error:
        return error


def judge(entries: Sequence[Photo], desk: Desk) -> None:
    try:
        with tallies.timed("fetch_seconds"):
            photos = desk.fetch(entries)
        pairs = list(zip(entries, photos, strict=True))
        with tallies.timed("judge_seconds"):
            verdicts = iter(verdicts_on([(entry, photo) for entry, photo in pairs if isinstance(photo, bytes)]))
        for entry, photo in pairs:
            with trail.on():
                record(entry, photo, next(verdicts) if isinstance(photo, bytes) else photo, desk)
    except Exception:
        log.exception("The judge failed on %d photos", len(entries))
        fail(entries, desk)


def verdicts_on(fetched: Sequence[tuple[Photo, bytes]]) -> list[Verdict | PhotoError]:
    films = [each for each in fetched if is_film(each[0])]
    stills = [each for each in fetched if not is_film(each[0])]
    found: dict[int, Verdict | PhotoError] = {entry.pk: film_verdict(entry, film) for entry, film in films}
    if stills:
        scores = scorer().score_many([(photo, entry.duel.wording) for entry, photo in stills])
        verdicts = (each if isinstance(each, PhotoError) else Verdict(each) for each in scores)
        found |= dict(zip((entry.pk for entry, _ in stills), verdicts, strict=True))
    return [with_profile(found[entry.pk]) for entry, _ in fetched]


def is_film(entry: Photo) -> bool:
    return isinstance(entry, Entry) and entry.media == Entry.Media.VIDEO_NOTE


def film_verdict(entry: Photo, film: bytes) -> Verdict | PhotoError:
    from scoring.films import score_film

    try:
        score, frame_ms = score_film(scorer(), film, entry.duel.wording)
    except PhotoError as error:
        return error
    return Verdict(score, frame_ms=frame_ms)


def with_profile(verdict: Verdict | PhotoError) -> Verdict | PhotoError:
    """What the face shows, whatever was asked."""
    if isinstance(verdict, PhotoError) or verdict.score.vector is None:
        return verdict
    return replace(verdict, profile=scorer().profile_of(verdict.score.vector))


def record(entry: Photo, photo: bytes | Exception, verdict: Verdict | Exception, desk: Desk) -> None:
    if not isinstance(verdict, Verdict | PhotoError):
        trail.mark(entry=entry.pk, duel=entry.duel.public_id if isinstance(entry, Entry) else None)
        log.warning("The photo of entry %d could not be had: %s", entry.pk, type(verdict).__name__)
        fail([entry], desk)
        return
    digest = hashlib.sha256(photo).hexdigest() if isinstance(photo, bytes) else ""
    desk.record(entry, what_was_seen(verdict, digest), traced(verdict, photo))


def record_shown(entry: Entry, seen: play.Seen, trace: fairplay.Trace) -> bool:
    # Before the duel is locked: it reads much. Whatever comes between is of another duel, or found under the lock.
    earlier = fairplay.shown_before(entry, seen.content_hash, trace)
    return play.record_score(entry.pk, entry.attempt, seen, replace(trace, earlier=earlier))


def record_guest(entry: ArenaEntry, seen: play.Seen, trace: fairplay.Trace) -> bool:
    """Nothing in the arena is worth a deceit, and nothing of it is remembered."""
    return arena.record(entry.pk, entry.attempt, seen)


def traced(verdict: Verdict | PhotoError, photo: bytes | Exception) -> fairplay.Trace:
    from scoring.copies import picture_of

    if isinstance(verdict, PhotoError) or verdict.score.face is None:
        return fairplay.Trace()
    face = verdict.score.face
    picture = picture_of(face.crop) if settings.REFUSE_COPIES else None
    suspect = offensive.is_suspect(photo, face, verdict.frame_ms)
    return fairplay.Trace(picture, face.screen, suspect=suspect)


def fail(entries: Sequence[Photo], desk: Desk) -> None:
    """Leaves alone what was recorded before the failure."""
    for entry in entries:
        desk.fail(entry.pk, entry.attempt, entry.lease_holder)


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


def draw_arena() -> int:
    """The pictures of the arena's results. Whoever judges draws them: web processes decode no stranger's bytes."""
    duels = arena.to_draw().claim(1, ArenaDuel.Status.JUDGED, tries__lt=arena.DRAW_TRIES)
    for duel in duels:
        with kept(ArenaDuel, duel.lease_holder), translation.override(duel.language):
            arena.keep_card(duel.pk, drawn(duel))
    return len(duels)


def drawn(duel: ArenaDuel) -> bytes | None:
    """Sealed."""
    entries = list(duel.entries.all())
    try:
        photos = {entry.pk: unseal(entry.photo) for entry in entries if entry.photo}
        return seal(arena_card(duel, entries, photos))
    except Exception:
        log.exception("The picture of %s could not be drawn", duel)
        return None


def measure_prompts() -> int:
    """After people's photos: they come first."""
    busy = waiting().free().exists() or arena.to_judge().free().exists()
    return 0 if busy else measuring.measure(scorer())


@cache
def scorer() -> "Scorer":
    """Opened once a process, when the first photo comes: it takes seconds and loads torch."""
    return open_scorer(*settings.JUDGE)
