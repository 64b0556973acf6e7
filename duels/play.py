"""Every step of a duel that somebody takes, from the prompt to the verdict; deadlines.py takes those of time alone.

Each step locks the duel's row first, then seats, then players, and live.announce's counter last, so that no two wait
for each other; and changes what it changes once, in one transaction with the notices it causes. Nothing slow happens
inside.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Player
from accounts.refusals import Refused
from duels import ending, fairplay, live, prompts, tallies, wake
from duels.models import Duel, Entry, Room, Seat
from duels.notices import Kind, tell, tell_all
from duels.refusals import Refusal
from duels.rules import fairness
from emotionduel import trail

log = logging.getLogger(__name__)

JUDGE_TRIES = 16  # with pauses between them: two minutes in all
LONGEST_PAUSE = 8  # so that all goes on within 15 seconds once the fault is over
NO_FACE = "no_face"
UNJUDGED = (Entry.Status.AWAITED, Entry.Status.UNREADABLE, Entry.Status.FACELESS, Entry.Status.COPIED)


@dataclass(frozen=True)
class Photo:
    file_id: str
    file_unique_id: str
    sent_at: datetime  # Telegram's date, in whole seconds
    media: Entry.Media = Entry.Media.PHOTO
    album: str = ""
    forwarded: bool = False


@dataclass(frozen=True)
class Seen:
    """What the judge saw in one photo. Every field is Entry's field of that name."""

    scorer: str
    scorer_version: str
    reason: str = ""
    score: float | None = None
    match: float | None = None
    box: Sequence[float] | None = None
    tilt: float | None = None
    shares: dict[str, float] | None = None
    valence: float | None = None
    arousal: float | None = None
    content_hash: str = ""
    picture_hash: str = ""
    frame_ms: int | None = None

    @property
    def status(self) -> Entry.Status:
        if self.match is not None:
            return Entry.Status.JUDGED
        return Entry.Status.FACELESS if self.reason == NO_FACE else Entry.Status.UNREADABLE


def start(
    players: Iterable[Player],
    origin: Duel.Origin,
    room: Room | None = None,
    rated: bool = True,
    listed: bool = False,
) -> Duel:
    """In the lobby's transaction, whose seats it turns into the duel's."""
    players = list(players)
    prompt = prompts.draw(player.pk for player in players)
    duel = Duel.objects.create(
        origin=origin, room=room, prompt=prompt, wording=prompt.judged, rated=rated, listed=listed
    )
    Entry.objects.bulk_create([Entry(duel=duel, player=player) for player in players])
    take_seats(duel, players)
    trail.say(log, "dealt: %s, %d players", origin, len(players), duel=duel.public_id)
    tell_all(players, Kind.PROMPT, duel)
    live.announce(duel)
    return duel


def take_seats(duel: Duel, players: Sequence[Player]) -> None:
    if duel.practice:
        return
    seats = Seat.objects.filter(player__in=players).exclude(state=Seat.State.PRACTICE)
    moved = seats.exclude(state=Seat.State.DUEL).update(
        state=Seat.State.DUEL, duel=duel, room=None, partner=None, ready=False, ready_until=None
    )
    assert moved == len(players), "the lobby holds the seats' locks"  # noqa: S101


def locked(duel: int | None) -> Duel | None:
    """The duel, held until the transaction ends; None once it is over."""
    running = Duel.objects.filter(status__in=Duel.RUNNING).select_for_update(no_key=True)
    found = running.filter(pk=duel).first() if duel else None
    trail.mark(duel=found.public_id if found else None)
    return found


@transaction.atomic
def deliver(duel_id: int, player: Player) -> None:
    """The prompt has reached the player. With the last of them the clock starts."""
    duel = locked(duel_id)
    if duel is None:
        return
    duel.entries.filter(player=player, delivered_at=None).update(delivered_at=timezone.now())
    if not duel.entries.filter(delivered_at=None).exists():
        start_clock(duel)


def start_clock(duel: Duel) -> bool:
    seconds = settings.ROOM_SECONDS if duel.practice else settings.DUEL_SECONDS
    dealt = Duel.objects.filter(pk=duel.pk, status=Duel.Status.DEALT)
    deadline = timezone.now() + timedelta(seconds=seconds)
    if started := dealt.update(status=Duel.Status.OPEN, deadline=deadline):
        trail.say(log, "the clock runs: %d s", seconds, duel=duel.public_id)
    return bool(started)


@transaction.atomic
def submit_photo(player: Player, photo: Photo) -> Entry:
    duel = locked(duel_for(player, photo))
    if duel is None:
        raise Refused(Refusal.NO_DUEL)
    entry = duel.entries.get(player=player)
    if photo.album and photo.album == entry.album:  # its first photo is here already
        return entry
    if duel.deadline and photo.sent_at > duel.deadline:
        raise Refused(Refusal.TOO_LATE)
    if entry.final:
        raise Refused(Refusal.PHOTO_FINAL)
    take_photo(entry, photo)
    trail.say(log, "photo %d is here: %s", entry.attempt, entry.media, duel=duel.public_id, entry=entry.pk)
    tell(player, Kind.PHOTO_RECEIVED, duel)
    wake.judge(entry.pk, entry.attempt, 0)
    if entry.attempt == 1:
        tell_sent(duel, player)
        live.announce(duel)
    return entry


def tell_sent(duel: Duel, player: Player) -> None:
    """Unless it was the last: then the result comes in a moment, and says that, too."""
    rest = list(duel.entries.exclude(player=player).select_related("player"))
    if any(entry.status in UNJUDGED for entry in rest):
        tell_all((entry.player for entry in rest), Kind.OPPONENT_SENT, duel, who=player.public_id)


def duel_for(player: Player, photo: Photo) -> int | None:
    """The duel, or else the practice, that the photo is for: one whose prompt the sender may have known."""
    after = photo.sent_at + timedelta(seconds=1)  # Telegram's dates have no fractions
    seats = player.seats.filter(duel__created__lt=after).order_by("state")  # "duel" comes before "practice"
    return seats.values_list("duel", flat=True).first()


def take_photo(entry: Entry, photo: Photo) -> None:
    """The last one counts: it takes the place of one that has not been judged."""
    cleared = asdict(Seen("", "")) | {"lease_until": None, "lease_holder": "", "tries": 0, "judged_at": None}
    cleared |= {"screen": None, "held": Entry.Hold.NO}
    fresh = asdict(photo) | {"status": Entry.Status.SENT, "attempt": entry.attempt + 1}
    change(entry, **cleared, **fresh)


def change(entry: Entry, **values: Any) -> None:
    for name, value in values.items():
        setattr(entry, name, value)
    entry.save(update_fields=[*values])


def others(duel: Duel, player: Player) -> list[Player]:
    return [entry.player for entry in duel.entries.exclude(player=player).select_related("player")]


@transaction.atomic
def record_score(entry_id: int, attempt: int, seen: Seen, trace: fairplay.Trace | None = None) -> bool:
    """False: the duel is over, or the player has sent another photo since, and this one counts no more."""
    duel = locked(Entry.objects.filter(pk=entry_id).values_list("duel", flat=True).first())
    if duel is None:
        return False
    sent = duel.entries.filter(pk=entry_id, attempt=attempt, status=Entry.Status.SENT)
    entry = sent.select_related("player").first()
    if entry is None:
        return False
    earlier = trace and (trace.earlier or fairplay.shown_in_duel(entry, trace))
    found = copied(entry, seen, earlier) if earlier else judged(seen, trace)
    change(entry, **found, judged_at=timezone.now(), lease_holder="", lease_until=None)
    tallies.photo(entry.status, entry.sent_at)
    trail.say(log, "photo %d: %s", attempt, entry.status, duel=duel.public_id, entry=entry_id)
    if entry.status == Entry.Status.JUDGED and trace and trace.picture:
        fairplay.remember(entry, seen.content_hash, trace.picture)
    if earlier:
        tell_copied(duel, entry)
    if not ending.finish_if_complete(duel) and not earlier:
        tell_judged(duel, entry)
    return True


def judged(seen: Seen, trace: fairplay.Trace | None) -> dict[str, Any]:
    found = {**asdict(seen), "status": seen.status}
    if trace:
        found |= {"screen": trace.screen, "held": Entry.Hold.HELD if trace.suspect else Entry.Hold.NO}
    return found


def copied(entry: Entry, seen: Seen, earlier: int) -> dict[str, Any]:
    """No score and no face remain of it, as of a photo that nobody could read."""
    reason = fairplay.whose(entry, Entry.objects.get(pk=earlier))
    nothing = Seen(seen.scorer, seen.scorer_version, reason, content_hash=seen.content_hash)
    again = entry.copies < fairness.SECOND_TRIES
    status = Entry.Status.COPIED if again else Entry.Status.BARRED
    return {**asdict(nothing), "status": status, "copies": entry.copies + 1, "copy_of_id": earlier}


def tell_copied(duel: Duel, entry: Entry) -> None:
    tell(entry.player, Kind.PHOTO_COPIED, duel, reason=entry.reason, again=entry.status == Entry.Status.COPIED)


def tell_judged(duel: Duel, entry: Entry) -> None:
    if entry.status == Entry.Status.UNREADABLE:
        tell(entry.player, Kind.PHOTO_UNREADABLE, duel, reason=entry.reason)
    else:
        faceless = entry.status == Entry.Status.FACELESS
        tell(entry.player, Kind.PHOTO_FACELESS if faceless else Kind.PHOTO_JUDGED, duel)


@transaction.atomic
def record_failure(entry_id: int, attempt: int, holder: str) -> None:
    """The judge failed for our reasons: again a little later, and in the end the duel is void."""
    duel = locked(Entry.objects.filter(pk=entry_id).values_list("duel", flat=True).first())
    entry = Entry.objects.filter(pk=entry_id, attempt=attempt, status=Entry.Status.SENT, lease_holder=holder).first()
    if duel is None or entry is None:
        return
    tallies.photo("failed")
    if entry.tries >= JUDGE_TRIES:
        ending.void(duel, "judge")
    else:
        Entry.objects.filter(pk=entry_id).release(holder, delay=min(2**entry.tries, LONGEST_PAUSE))


@transaction.atomic
def give_up(player: Player) -> Duel:
    """Counts as not having come."""
    duel = duel_seat(player)
    if duel is None:
        raise Refused(Refusal.NO_DUEL)
    if not duel.entries.filter(player=player, status__in=UNJUDGED).update(status=Entry.Status.LEFT):
        raise Refused(Refusal.PHOTO_SENT)
    left(duel, player)
    return duel


@transaction.atomic
def withdraw(player: Player) -> None:
    """The person goes for ever, with a photo that waits for the judge too. A score that is there stands."""
    duel = duel_seat(player)
    if duel is not None:
        undecided = duel.entries.filter(player=player).exclude(status__in=Entry.FINAL)
        if undecided.update(status=Entry.Status.LEFT, lease_until=None, lease_holder=""):
            left(duel, player)
        Seat.objects.filter(player=player, duel=duel).delete()


def duel_seat(player: Player) -> Duel | None:
    return locked(player.seats.filter(state=Seat.State.DUEL).values_list("duel", flat=True).first())


def left(duel: Duel, player: Player) -> None:
    trail.say(log, "a player has left", duel=duel.public_id)
    if not ending.finish_if_complete(duel):
        tell_all(others(duel, player), Kind.OPPONENT_LEFT, duel, who=player.public_id)


@transaction.atomic
def stop_practice(player: Player) -> bool:
    duel = locked(player.seats.filter(state=Seat.State.PRACTICE).values_list("duel", flat=True).first())
    if duel is not None:
        ending.cancel(duel, [player])
    return duel is not None


@transaction.atomic
def void(duel_id: int, reason: str) -> bool:
    duel = locked(duel_id)
    if duel is not None:
        ending.void(duel, reason)
    return duel is not None
