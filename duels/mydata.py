"""Everything that is kept about the asker, for the asker: every field of every row of theirs, as JSON.

Of other persons nothing but public ids. What is new on a model comes along by itself; a test finds a new model.
"""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, ForeignKey, Model, Q
from django.utils import timezone

from accounts.models import Block, Browser, Player, SignInLink
from duels.models import (
    BoardFigure,
    Duel,
    Entry,
    EntryHash,
    ModerationAct,
    Notice,
    Prompt,
    Report,
    Room,
    Seat,
    TrainingPhoto,
    Update,
)
from duels.retention import KEPT

FILE = "emotionduel.json"


def of(name: str) -> Callable[[Player], Q]:
    return lambda player: Q(**{name: player.pk})


OWN: dict[type[Model], Callable[[Player], Q]] = {
    Player: of("pk"),
    Entry: of("player"),
    EntryHash: of("entry__player"),
    BoardFigure: of("player"),
    Seat: of("player"),
    Room: of("owner"),
    Update: lambda player: Q(sender=player.telegram_id, sender__isnull=False),
    Notice: of("player"),
    Block: of("player"),
    Report: of("reporter"),
    ModerationAct: of("player"),
    TrainingPhoto: of("player"),
    SignInLink: of("player"),
    Browser: of("player"),
}


def as_json(player: Player) -> bytes:
    return json.dumps(collected(player), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def collected(player: Player) -> dict[str, Any]:
    rows = {model._meta.model_name or "": rows_of(model, whose(player)) for model, whose in OWN.items()}
    about = {title: text for row in KEPT for title, text in [row.said()]}
    return {"asked": timezone.now(), "you": player.public_id, "about": about, "kept": rows}


def rows_of(model: type[Model], mine: Q) -> list[dict[str, Any]]:
    near = keys(model)
    far = [f"{name}__{next_one}" for name, other in near.items() for next_one in keys(other)]
    rows = model._default_manager.filter(mine).select_related(*near, *far).order_by("pk")
    return [described(row) for row in rows]


def keys(model: type[Model]) -> dict[str, type[Model]]:
    fields = (field for field in model._meta.concrete_fields if isinstance(field, ForeignKey))
    return {field.name: field.related_model for field in fields}


def described(row: Model) -> dict[str, Any]:
    return {field.name: value(row, field) for field in row._meta.concrete_fields}


def value(row: Model, field: Field) -> Any:
    found = getattr(row, field.name)
    if isinstance(row, Seat) and field.name == "last_opponents":
        return list(Player.objects.filter(pk__in=found).values_list("public_id", flat=True))
    if isinstance(found, Model):
        return named(found)
    return b64encode(found).decode() if isinstance(found, bytes | memoryview) else found


def named(row: Model) -> Any:
    """What another row is called, where one of the asker's leads to it."""
    if isinstance(row, Duel):
        return described(row)
    if isinstance(row, Entry):
        return {"duel": row.duel.public_id, "player": row.player.public_id}
    if isinstance(row, Prompt | Room):
        return row.slug if isinstance(row, Prompt) else row.code
    return getattr(row, "public_id", row.pk)
