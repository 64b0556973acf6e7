"""The duels that spectators see beside the boards: the latest, and what is told of each."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from duels import public
from duels.models import Duel

SIZE = 6
SHOWN = (*Duel.RUNNING, Duel.Status.FINISHED)


def latest(size: int = SIZE) -> Sequence[Duel]:
    return list(public.with_entries(public.listed(Duel.objects.filter(status__in=SHOWN))).order_by("-id")[:size])


def state(duel: Duel) -> str:
    """showing, judging, finished, or gone: not to be shown any more."""
    if duel.running:
        return "judging" if any(entry.attempt for entry in duel.entries.all()) else "showing"
    return "finished" if duel.status == Duel.Status.FINISHED else "gone"


def told(duel: Duel) -> dict[str, Any]:
    """As data, of a duel that everybody may see: with its entries, and before the end without what they show."""
    prompt = duel.prompt
    return {
        "id": duel.public_id,
        "state": state(duel),
        "begun": int(1_000_000 * duel.created.timestamp()),  # microseconds: the newest stand first
        "prompt": {code: prompt.text(code) if prompt else duel.wording for code, _ in settings.LANGUAGES},
        "players": [
            {
                "id": entry.player.public_id,
                "name": entry.player.name,
                "match": None if duel.running or entry.match is None else round(entry.match, 1),
                "wins": entry.outcome == "win",
            }
            for entry in duel.entries.all()
        ],
    }
