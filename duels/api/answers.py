"""From rows to what serializers write. Each duel passes public.shown first, so nothing else gets out."""

from typing import Any

from accounts.models import Player
from duels import boards, public, queries
from duels.models import Duel, Entry
from duels.public import Shown
from duels.rules.rating import Skill
from duels.rules.verdict import shown as as_shown

NOBODY = {"id": "", "name": ""}


def standing(player: Player) -> dict[str, Any]:
    copied = ("name", "ranked", "wins", "losses", "draws", "streak", "expressive")
    figures = {name: getattr(player, name) for name in copied}
    return {"id": player.public_id, "rating": Skill(player.mu).rating, **figures}


def placed(board: boards.Listing, row: Any) -> dict[str, Any]:
    own, value = standing(boards.player_in(row)), board.key_of(row).value
    return {**own, "value": own["rating"] if "mu" in board.order else value}


def player(player: Player) -> dict[str, Any]:
    return {
        **standing(player),
        "rank": queries.rank(player),
        "best_streak": player.best_streak,
        "worst_streak": player.worst_streak,
        "last": queries.last_outcomes(player),
        "emotions": queries.emotion_means(player, enough=1),
    }


def past(entry: Entry) -> dict[str, Any]:
    return {
        "duel": duel(entry.duel),
        "outcome": entry.outcome,
        "match": None if entry.match is None else as_shown(entry.match),
    }


def duel(duel: Duel) -> dict[str, Any]:
    seen = public.shown(duel)
    return {
        "id": duel.public_id,
        "status": duel.status,
        "task": task(duel),
        "created": duel.created,
        "deadline": duel.deadline,
        "finished": duel.finished_at,
        "verdict": None if duel.status == Duel.Status.VOID else duel.verdict or None,
        "rated": duel.counted and seen.decided,
        "entries": [entry(seen, each) for each in seen.entries],
    }


def task(duel: Duel) -> dict[str, str]:
    prompt = duel.prompt
    words = {"en": prompt.en, "ru": prompt.ru} if prompt else {"en": duel.wording, "ru": duel.wording}
    return {**words, "judged": duel.wording}


def entry(seen: Shown, entry: Entry) -> dict[str, Any]:
    hidden = entry.pk in seen.hidden
    return {
        "player": NOBODY if hidden else {"id": entry.player.public_id, "name": entry.player.name},
        "sent": entry.attempt > 0,
        **dict.fromkeys(JUDGED),
        **(figures(entry) if seen.decided else {}),
        **(sight(entry) if seen.decided and not hidden else {}),
    }


JUDGED = (
    *("place", "outcome", "match", "score", "reason", "emotions", "valence"),
    *("arousal", "rating", "scorer", "scorer_version"),
)


def figures(entry: Entry) -> dict[str, Any]:
    """What decided the duel."""
    return {
        "place": entry.place,
        "outcome": entry.outcome or None,
        "match": None if entry.match is None else as_shown(entry.match),
        "score": entry.score,
        "reason": entry.reason or None,
        "scorer": entry.scorer or None,
        "scorer_version": entry.scorer_version or None,
    }


def sight(entry: Entry) -> dict[str, Any]:
    """What the judge saw in the face, and what came of it."""
    return {
        "emotions": entry.shares,
        "valence": entry.valence,
        "arousal": entry.arousal,
        "rating": rating(entry),
    }


def rating(entry: Entry) -> dict[str, int] | None:
    if entry.mu_before is None or entry.mu_after is None:
        return None
    return {"before": Skill(entry.mu_before).rating, "after": Skill(entry.mu_after).rating}
