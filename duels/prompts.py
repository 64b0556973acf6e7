"""Which prompt a duel gets, and how the shipped ones come into the database."""

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.models import Q

from accounts.refusals import Refused
from duels.models import Duel, Entry, Prompt
from duels.refusals import Refusal

FIXTURE = Path(__file__).parent / "fixtures" / "prompts.json"
REMEMBERED = 10  # duels in which a player has not had it


def draw(players: Iterable[int]) -> Prompt:
    active = set(Prompt.objects.filter(active=True).values_list("pk", flat=True))
    if not active:
        raise Refused(Refusal.NO_PROMPTS)
    fresh = active - {prompt for player in players for prompt in recent(player)}
    # With hardly any prompts switched on, one that somebody had is better than no duel.
    return Prompt.objects.get(pk=random.choice(sorted(fresh or active)))


def recent(player: int) -> list[int | None]:
    """Of the last duels, and of the last practices: these must not make a player forget those."""
    prompts = Entry.objects.filter(player=player).order_by("-id").values_list("duel__prompt", flat=True)
    practice = Q(duel__origin=Duel.Origin.PRACTICE)
    return [*prompts.exclude(practice)[:REMEMBERED], *prompts.filter(practice)[:REMEMBERED]]


def load() -> int:
    """Adds what is not there. What was loaded before stays as moderators have left it."""
    before = Prompt.objects.count()
    Prompt.objects.bulk_create([Prompt(**fields) for fields in shipped()], ignore_conflicts=True)
    return Prompt.objects.count() - before


def shipped() -> list[dict[str, Any]]:
    return [each["fields"] for each in json.loads(FIXTURE.read_text(encoding="utf-8"))]
