"""How rows of boards and duels read, in the reader's language."""

from django import template

from duels import words

register = template.Library()
OUTCOMES = {"w": "win", "l": "loss", "d": "draw"}


@register.filter
def outcomes(last: str) -> list[str]:
    """Of the letters that Player.last holds, the newest first."""
    return [OUTCOMES[letter] for letter in last]


@register.filter
def emotion(name: str | None) -> str:
    return words.emotion(name) if name else ""


@register.filter
def streak(number: int) -> str:
    return words.streak(number)


@register.filter
def match(value: float | str | None) -> str:
    """Nothing, in the templates that the page's script fills."""
    return words.tenths(value) if isinstance(value, float) else "—"
