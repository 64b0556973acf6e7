"""What stands in the form before a duel of the arena."""

from dataclasses import dataclass, field, replace
from typing import Self

from django.http import QueryDict

from accounts import names
from accounts.refusals import Refused
from duels import arena
from duels.arena import Sitter, words
from duels.models import ArenaDuel, Prompt


@dataclass(frozen=True)
class Form:
    language: str
    players: int = 1
    names: list[str] = field(default_factory=list)
    prompt: Prompt | None = None
    wording: str = ""

    @property
    def task(self) -> str:
        return self.prompt.text(self.language) if self.prompt else ""

    @classmethod
    def fresh(cls, language: str) -> Self:
        return cls(language, names=other_names(language), prompt=any_prompt())

    @classmethod
    def sent(cls, data: QueryDict, language: str) -> Self:
        players = data.get("players", "1")
        prompt = Prompt.objects.filter(slug=data.get("prompt", ""), active=True).first()
        typed = [each[:200] for each in data.getlist("name")[: arena.MOST]]
        return cls(
            language,
            int(players) if players in {"1", "2", "3", "4"} else 1,
            typed + [""] * (arena.MOST - len(typed)),
            prompt or any_prompt(),
            data.get("wording", "")[:500],
        )

    def redrawn(self, what: str) -> "Form":
        if what == "names":
            return replace(self, names=other_names(self.language))
        return replace(self, prompt=any_prompt(but=self.prompt))

    def open(self) -> ArenaDuel:
        """A prompt of one's own goes before ours."""
        wording = words.wording(self.wording) if words.plain(self.wording) or not self.prompt else ""
        named = words.named(self.names[: self.players], self.language)
        prompt = None if wording else self.prompt
        sitters = arena.with_company([Sitter(name) for name in named], prompt, self.language)
        return arena.open_duel(sitters, self.language, prompt, wording)


def any_prompt(but: Prompt | None = None) -> Prompt | None:
    """None where all are switched off: then the players write one."""
    try:
        return arena.any_prompt(but.pk if but else None)
    except Refused:
        return None


def other_names(language: str) -> list[str]:
    taken: list[str] = []
    for name in names.generated(language):
        if name not in taken:
            taken.append(name)
        if len(taken) == arena.MOST:
            break
    return taken
