"""What the page of a duel in the arena shows now: whose turn it is, what is waited for, or how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from duels import arena
from duels.models import ArenaDuel, ArenaEntry
from duels.play import Seen
from duels.rules.verdict import Outcome, shown
from duels.views import arena_words as words

Status = ArenaEntry.Status
TO_SHOW = (Status.AWAITED, Status.FACELESS, Status.UNREADABLE)


@dataclass(frozen=True)
class Side:
    """One player's result."""

    entry: ArenaEntry
    match: float
    saw: str
    emotions: list[tuple[str, float]]
    wins: bool


@dataclass(frozen=True)
class Stage:
    kind: str  # turn, waiting, failed or result: each has a part of the page
    step: str  # another one: the page has something new to show
    task: str
    seats: Sequence[tuple[ArenaEntry, str]]
    turn: ArenaEntry | None = None
    call: str = ""  # to whose turn it is
    word: str = ""  # what is to be told now
    problem: str = ""
    sides: Sequence[Side] = ()
    headline: str = ""
    score: str = ""
    scorer: str = ""
    has_card: bool = False

    @property
    def polls(self) -> bool:
        return self.kind == "waiting" or any(entry.status == Status.SENT for entry, _ in self.seats)


def stage_of(duel: ArenaDuel, language: str, problem: str = "") -> Stage:
    entries = list(duel.entries.all())
    if duel.status == ArenaDuel.Status.DONE:
        return result(duel, entries, language, problem)
    turn = next((entry for entry in entries if entry.status in TO_SHOW), None)
    kind = "turn" if turn else "failed" if any(entry.status == Status.FAILED for entry in entries) else "waiting"
    step = f"{kind} {turn.seat} {turn.attempt} {turn.status}" if turn else kind
    seats = [(entry, note(entry, turn)) for entry in entries]
    call = _("%(name)s, your face!") % {"name": turn.name} if turn else ""
    return Stage(kind, step, duel.task(language), seats, turn, call, word(entries), problem or fault(turn))


def note(entry: ArenaEntry, turn: ArenaEntry | None) -> str:
    if turn and entry.pk == turn.pk:
        return _("your turn") if entry.status == Status.AWAITED else _("once more")
    return {
        Status.AWAITED: _("comes later"),
        Status.SENT: _("before the judge"),
        Status.JUDGED: _("the judge has seen it"),
        Status.FAILED: _("the judge stumbled"),
    }.get(Status(entry.status), _("once more"))


def word(entries: Sequence[ArenaEntry]) -> str:
    sent = [entry.sent_at for entry in entries if entry.status == Status.SENT and entry.sent_at]
    if sent:
        return words.waiting((timezone.now() - min(sent)).total_seconds())
    return _("The judge writes its verdict…")


def fault(turn: ArenaEntry | None) -> str:
    """Of the last photo of who is to show a face."""
    return words.unreadable(turn.seen["reason"]) if turn and turn.seen else ""


def result(duel: ArenaDuel, entries: Sequence[ArenaEntry], language: str, problem: str) -> Stage:
    best_first = sorted(entries, key=lambda entry: (entry.place or 0, entry.seat))
    sides = [side(entry) for entry in best_first]
    seen = Seen(**(best_first[0].seen or {}))
    return Stage(
        "result",
        "result",
        duel.task(language),
        (),
        problem=problem,
        sides=sides,
        headline=headline(duel, best_first),
        score=score(entries),
        scorer=f"{seen.scorer} {seen.scorer_version}",
        has_card=arena.has_card(duel),
    )


def side(entry: ArenaEntry) -> Side:
    seen = Seen(**(entry.seen or {}))
    shares = seen.shares or {}
    saw = words.judge_saw(shares) if len(shares) > 1 else ""
    return Side(entry, shown(seen.match or 0.0), saw, words.strongest(shares), entry.outcome == Outcome.WIN)


def headline(duel: ArenaDuel, best_first: Sequence[ArenaEntry]) -> str:
    best = best_first[0]
    if best.outcome != Outcome.WIN:
        return _("A draw! To the tenth of a point.")
    if duel.bet is not None:
        right = duel.bet == best.seat
        text = _("You know your faces: %(name)s wins!") if right else _("The judge begs to differ: %(name)s wins!")
        return text % {"name": best.name}
    return _("%(name)s wins!") % {"name": best.name}


def score(entries: Sequence[ArenaEntry]) -> str:
    """Of the rounds that these players have played, where there were several."""
    if not any(entry.won_before for entry in entries):
        return ""
    rounds = ((entry.name, entry.won_before + (entry.outcome == Outcome.WIN)) for entry in entries)
    return ", ".join(f"{name} {won}" for name, won in rounds)
