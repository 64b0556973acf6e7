"""Players who all act at once, in several processes: `python -m duels.tests.crowd people|play|end|claim`.

Run by test_crowd.py against a database of its own. Nothing of ours is replaced; Telegram and the judge are left out:
the crowd itself says that prompts arrived and what each photo shows.
"""

import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emotionduel.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import IntegrityError  # noqa: E402
from django.db.models import Count, F  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts import services  # noqa: E402
from accounts.models import Player  # noqa: E402
from accounts.refusals import Refused  # noqa: E402
from duels import deadlines, lobby, play, prompts, queries  # noqa: E402
from duels.calling_off import MODERATOR, carry_out_due  # noqa: E402
from duels.models import Duel, Entry, ModerationAct, Notice, Room, Seat  # noqa: E402
from duels.models.claims import ClaimQuerySet  # noqa: E402
from duels.notices import Kind  # noqa: E402
from duels.replay import replay  # noqa: E402

NUMBERS = 5_000_000_000


def people(count: int) -> None:
    call_command("migrate", verbosity=0)
    prompts.load()
    for number in range(count):
        services.consent(services.enter(NUMBERS + number, random.choice(("ru", "en")))[0])


def play_on(steps: int, seed: int) -> None:
    """Every process moves every player: so the same player acts in two processes at once, as a double tap does."""
    chance = random.Random(seed)
    players = list(Player.objects.all())
    for _ in range(steps):
        chance.choices(STEPS, WEIGHTS)[0](chance, chance.choice(players))


def refused(step: Callable[..., object], *args: object) -> None:
    with suppress(Refused):
        step(*args)


def search(chance: random.Random, player: Player) -> None:
    refused(lobby.find_opponent, player)


def enter_room(chance: random.Random, player: Player) -> None:
    codes = list(Room.objects.filter(status="open").values_list("code", flat=True)[:5])
    if codes and chance.random() < 0.8:
        refused(lobby.join_room, player, chance.choice(codes))
    else:
        refused(lobby.open_room, player, chance.choice((2, 2, 3, 4)))


def start_room(chance: random.Random, player: Player) -> None:
    refused(lobby.start_room, player)


def leave(chance: random.Random, player: Player) -> None:
    refused(lobby.leave, player)


def again(chance: random.Random, player: Player) -> None:
    last = queries.finished_entries(player).select_related("duel").order_by("-id").first()
    if last is not None:
        refused(lobby.rematch, player, last.duel)


def send(chance: random.Random, player: Player) -> None:
    for duel in Duel.objects.filter(entries__player=player, status="dealt"):
        for entry in duel.entries.select_related("player"):
            play.deliver(duel.pk, entry.player)
    photo = play.Photo(f"{chance.random()}", "", timezone.now())
    refused(play.submit_photo, player, photo)


def judge(chance: random.Random, player: Player) -> None:
    for entry in Entry.objects.filter(duel__status__in=Duel.RUNNING).order_by("id").claim(8, Entry.Status.SENT):
        match = round(chance.uniform(0, 100), 1) if chance.random() < 0.85 else None
        seen = play.Seen("crowd", "1", "" if match is not None else play.NO_FACE, match, match)
        play.record_score(entry.pk, entry.attempt, seen)


def keep_time(chance: random.Random, player: Player) -> None:
    """The reconciler's steps, in every process at once."""
    if chance.random() < 0.1:
        overdue = timezone.now() - timedelta(seconds=6)
        late = list(Duel.objects.filter(status="open").order_by("id").values_list("pk", flat=True)[:3])
        Duel.objects.filter(pk__in=late, status="open").update(deadline=overdue)
    deadlines.expire(overdue_since())
    lobby.pair_waiting()
    lobby.drop_unready()


def moderate(chance: random.Random, player: Player) -> None:
    """Calls a duel off, or takes one back in; in every process at once, while others end."""
    last = queries.finished_entries(player).order_by("?").values_list("duel", flat=True).first()
    if last is not None and chance.random() < 0.6:
        with suppress(IntegrityError):  # somebody else has just done so
            ModerationAct.objects.create(player=player, duel_id=last, what="void", status="due", why="a crowd")
    else:
        standing = list(ModerationAct.objects.filter(status="stands").values_list("pk", flat=True)[:3])
        ModerationAct.objects.filter(pk__in=standing[:1], status="stands").update(status="undoing")
    carry_out_due()


def overdue_since() -> datetime:
    return timezone.now() - timedelta(hours=1)


def claim_all() -> list[int]:
    """As workers do, with a condition on another table."""
    mine: list[int] = []
    waiting = Notice.objects.filter(player__anonymised_at=None, status="waiting").order_by("id")
    while notices := waiting.claim(3, Notice.Status.WAITING):
        mine += [notice.pk for notice in notices]
        Notice.objects.filter(lease_holder=notices[0].lease_holder).update(status="sent", lease_until=None)
    return mine


def end() -> None:
    """Whatever still goes on comes to its end."""
    for player in Player.objects.all():
        judge(random.Random(1), player)
    ClaimQuerySet(Entry).update(lease_until=None)
    judge_all()
    past = timezone.now() - timedelta(seconds=10)
    Duel.objects.filter(status__in=Duel.RUNNING).update(status="open", deadline=past)
    while deadlines.expire(overdue_since()):
        pass
    ClaimQuerySet(ModerationAct).update(lease_until=None)
    carry_out_due()
    for seat in Seat.objects.exclude(state="duel").select_related("player"):
        refused(lobby.leave, seat.player)


def judge_all() -> None:
    chance = random.Random(2)
    while Entry.objects.filter(status="sent", duel__status__in=Duel.RUNNING).exists():
        judge(chance, Player())


def audit() -> dict[str, object]:
    replayed = replay(write=False)
    finished = Duel.objects.filter(status="finished")
    ended = {"finished": Kind.RESULT, "cancelled": Kind.CANCELLED, "void": Kind.VOIDED}
    told = Counter(Notice.objects.filter(kind__in=ended.values()).values_list("duel", "player", "kind"))
    due = Counter(
        (duel, player, str(Kind.RESULT if why == MODERATOR else ended[status]))
        for duel, player, status, why in Entry.objects.filter(duel__status__in=ended).values_list(
            "duel", "player", "duel__status", "duel__void_reason"
        )
    )
    prompts_told = Counter(Notice.objects.filter(kind=Kind.PROMPT).values_list("duel", "player"))
    return {
        "duels": Duel.objects.count(),
        "finished": finished.count(),
        "origins": sorted(set(finished.values_list("origin", flat=True))),
        "sizes": sorted(set(finished.annotate(size=Count("entries")).values_list("size", flat=True))),
        "running": Duel.objects.filter(status__in=Duel.RUNNING).count(),
        "seats": Seat.objects.count(),
        "alone": Duel.objects.annotate(size=Count("entries")).filter(size__lt=2).count(),
        "against_oneself": Duel.objects.annotate(size=Count("entries"), people=Count("entries__player", distinct=True))
        .exclude(size=F("people"))
        .count(),
        "in_two_duels": in_two_duels(),
        "results_missing_or_twice": sum(((due - told) + (told - due)).values()),
        "prompts_missing_or_twice": sum(times != 1 for times in prompts_told.values())
        + abs(len(prompts_told) - Entry.objects.count()),
        "not_called_off": ModerationAct.objects.filter(status="stands").exclude(duel__status="void").count(),
        "not_taken_in": ModerationAct.objects.filter(status__in=["due", "undoing"]).count(),
        "replay_differs": len(replayed.players) + len(replayed.entries) + len(replayed.figures),
        "open_rooms": Room.objects.filter(status="open").count(),
    }


def in_two_duels() -> int:
    """Duels of one player that overlapped in time."""
    overlaps = 0
    for player in Player.objects.all():
        duels = Entry.objects.filter(player=player).order_by("duel__created")
        spans = duels.values_list("duel__created", "duel__finished_at")
        overlaps += sum(ended is None or later < ended for (_, ended), (later, _) in pairwise(spans))
    return overlaps


STEPS = (search, enter_room, start_room, leave, again, send, judge, keep_time, moderate)
WEIGHTS = (24, 10, 2, 3, 6, 30, 16, 9, 1)

if __name__ == "__main__":
    command, *numbers = sys.argv[1:]
    if command == "people":
        people(int(numbers[0]))
    elif command == "play":
        play_on(int(numbers[0]), int(numbers[1]))
    elif command == "claim":
        sys.stdout.write(json.dumps(claim_all()))
    else:
        end()
        sys.stdout.write(json.dumps(audit()))
