"""How the judge's scores spread on a prompt: a moderator sees which prompts it can hardly tell faces apart on."""

from statistics import quantiles
from typing import TYPE_CHECKING, Any

from duels.models import Entry, Prompt

if TYPE_CHECKING:
    from scoring.judge import Scorer

AT_ONCE = 40
PLAYED = 500  # of the last faces shown for a prompt
LEVELS = (10.0, 50.0, 90.0)
HALVED = 16


def measure(scorer: "Scorer") -> int:
    """Prompts not measured yet, some at a time. How many they were."""
    prompts = list(Prompt.objects.filter(spread__isnull=True).order_by("id")[:AT_ONCE])
    if prompts:
        scorer.embed_prompts([prompt.judged for prompt in prompts])  # together: a big text tower is loaded for it once
    for prompt in prompts:
        Prompt.objects.filter(pk=prompt.pk).update(spread=spread(scorer, prompt))
    return len(prompts)


def spread(scorer: "Scorer", prompt: Prompt) -> dict[str, Any]:
    """The cosines at which the match reaches 10, 50 and 90, and the matches of those who played it."""
    played = Entry.objects.filter(duel__prompt=prompt, match__isnull=False).order_by("-id")
    matches = [match for match in played.values_list("match", flat=True)[:PLAYED] if match is not None]
    tenths = quantiles(matches, n=10) if len(matches) > 1 else []
    return {
        "scorer": scorer.name,
        "version": scorer.version,
        "cosines": [reached(scorer, prompt.judged, level) for level in LEVELS],
        "played": len(matches),
        "matches": [round(tenths[place], 1) for place in (0, 4, 8)] if tenths else [],
    }


def reached(scorer: "Scorer", wording: str, level: float) -> float | None:
    """The lowest cosine with this match: a higher cosine never has a lower one."""
    low, high = -1.0, 1.0
    if scorer.match(high, wording) < level:
        return None
    for _ in range(HALVED):
        middle = (low + high) / 2
        low, high = (low, middle) if scorer.match(middle, wording) >= level else (middle, high)
    return round(high, 4)
