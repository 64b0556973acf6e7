"""How a duel in the arena begins: who plays, and what is to be shown."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.refusals import Refused
from duels.arena import faces, words
from duels.arena.playing import add_photo
from duels.arena.refusals import ArenaRefusal
from duels.models import ArenaDuel, ArenaEntry, ArenaKnock, Prompt
from duels.refusals import Refusal
from duels.rules.verdict import Outcome
from emotionduel.secret import derived_secret

MOST = 4  # players
PER_MINUTE = 40  # duels opened and photos sent from one address: four people in a hurry need half of it


@dataclass(frozen=True)
class Sitter:
    name: str
    drawn: str = ""  # of faces.faces(): it plays by itself
    won: int = 0

    @property
    def picture(self) -> str:
        """Among the static files."""
        return f"{faces.FOLDER.name}/{self.drawn}.webp"


@dataclass(frozen=True)
class Trial:
    """Two drawn faces and a prompt: an onlooker says who will win, and the judge answers."""

    prompt: Prompt
    task: str
    sitters: tuple[Sitter, Sitter]


def a_trial(language: str) -> Trial:
    prompt = any_prompt()
    one, other = (
        Sitter(*each) for each in zip(words.named(["", ""], language), faces.pair(prompt.emotions), strict=True)
    )
    return Trial(prompt, prompt.text(language), (one, other))


def knock(address: str) -> None:
    """Counted in the database, so that it holds for all processes, and while Redis is away."""
    visitor = derived_secret(settings.SECRET_KEY, f"arena {address}")[:32]
    ArenaKnock.objects.create(address=visitor)
    last_minute = ArenaKnock.objects.filter(address=visitor, at__gt=timezone.now() - timedelta(minutes=1))
    if last_minute.count() > PER_MINUTE:
        raise Refused(ArenaRefusal.TOO_FAST)


def any_prompt(but: int | None = None) -> Prompt:
    active = list(Prompt.objects.filter(active=True).values_list("pk", flat=True))
    if not active:
        raise Refused(Refusal.NO_PROMPTS)
    return Prompt.objects.get(pk=random.choice([pk for pk in active if pk != but] or active))


def with_company(sitters: Sequence[Sitter], prompt: Prompt | None, language: str) -> list[Sitter]:
    """Nobody duels alone: a drawn face that shows what is asked for takes the other seat."""
    if len(sitters) > 1:
        return list(sitters)
    [_, name] = words.named([sitters[0].name, ""], language)
    return [*sitters, Sitter(name, faces.fitting(prompt.emotions if prompt else ()))]


def open_duel(
    sitters: Sequence[Sitter], language: str, prompt: Prompt | None, wording: str = "", bet: int | None = None
) -> ArenaDuel:
    """Either a prompt of ours, or one that the players have worded."""
    asked = prompt.judged if prompt else wording
    with transaction.atomic():
        duel = ArenaDuel.objects.create(language=language, prompt=prompt, wording=asked, bet=bet)
        ArenaEntry.objects.bulk_create(
            ArenaEntry(duel=duel, seat=seat, name=each.name, drawn=each.drawn, won_before=each.won)
            for seat, each in enumerate(sitters[:MOST])
        )
    for seat, each in enumerate(sitters[:MOST]):
        if each.drawn:
            add_photo(duel, seat, faces.photo_of(each.drawn))
    return duel


def again(duel: ArenaDuel, language: str) -> ArenaDuel:
    """The same people and another prompt; who was drawn shows another face."""
    prompt = any_prompt(but=duel.prompt_id)
    entries = duel.entries.defer("photo").order_by("seat")
    sitters = [
        Sitter(
            entry.name,
            faces.fitting(prompt.emotions) if entry.drawn else "",
            entry.won_before + (entry.outcome == Outcome.WIN),
        )
        for entry in entries
    ]
    return open_duel(sitters, language, prompt)
