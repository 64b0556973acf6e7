from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import sessions
from duels import public
from duels.cards import change, rating
from duels.models import Duel, Entry
from duels.public import Shown
from duels.rules import fairness
from duels.rules.rating import Skill
from duels.rules.verdict import Kind, Outcome
from duels.rules.verdict import shown as as_shown
from duels.views.parts import Counted, Person, person, task
from duels.words import MINUS, emotion, tenths
from scoring import EMOTIONS


@dataclass(frozen=True)
class Share:
    emotion: str
    percent: float


@dataclass(frozen=True)
class Part(Counted):
    """One player's part, as far as this reader may see it."""

    entry: Entry
    number: int
    who: Person
    hidden: bool
    state: str  # while the duel runs
    missing: str  # why there is no score
    before: str
    after: str
    change: str
    shares: tuple[Share, ...]

    @property
    def match(self) -> float | None:
        return None if self.entry.match is None else as_shown(self.entry.match)

    @property
    def felt(self) -> bool:
        """The judge has placed the face between pleasant and unpleasant, calm and excited."""
        return bool(self.shares) and self.entry.valence is not None and self.entry.arousal is not None

    @property
    def mood(self) -> str:
        return signed(self.entry.valence or 0.0)

    @property
    def energy(self) -> str:
        return signed(self.entry.arousal or 0.0)

    @property
    def across(self) -> float:
        return round(100 + 88 * (self.entry.valence or 0.0), 1)

    @property
    def down(self) -> float:
        return round(100 - 88 * (self.entry.arousal or 0.0), 1)


def signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", MINUS)


def duel(request: HttpRequest, public_id: str) -> HttpResponse:
    reader = sessions.player_of(request)
    found = public.duel_of(public_id, reader)
    if found is None:
        raise Http404
    seen = public.shown(found, reader)
    parts = [part(seen, number, entry) for number, entry in enumerate(seen.entries, 1)]
    shown = {
        "seen": seen,
        "duel": found,
        "task": task(found),
        "quoted": _("“{prompt}”").format(prompt=task(found)),
        "parts": parts,
        "names": versus(parts),
        "card": card(seen),
        "shared": found.origin in public.BY_LINK,
        "felt": [each for each in parts if each.felt],
        "title": title(found),
        "why": why(found, parts),
        "rating": about_rating(found),
        "scorers": sorted({(e.scorer, e.scorer_version) for e in seen.entries if seen.decided and e.scorer}),
    }
    response = render(request, "duels/duel.html", shown)
    if not seen.listed:
        response["X-Robots-Tag"] = "noindex"
    return response


def card(seen: Shown) -> str:
    """The result's picture, where there is one for everybody."""
    if not seen.decided or seen.duel.origin not in public.BY_LINK:
        return ""
    return f"{reverse('duel-card', args=[seen.duel.public_id])}?language={get_language()}"


def part(seen: Shown, number: int, entry: Entry) -> Part:
    hidden = entry.pk in seen.hidden
    told = seen.decided and not hidden
    return Part(
        entry,
        number,
        person(entry.player, hidden),
        hidden,
        state="" if not seen.duel.running else state(entry),
        missing=missing(entry) if seen.decided and entry.match is None else "",
        before=before(entry) if told else "",
        after=rating(entry) if told else "",
        change=change(entry) if told else "",
        shares=shares(entry) if told else (),
    )


def before(entry: Entry) -> str:
    if entry.mu_before is None or entry.sigma_before is None:
        return ""
    return str(Skill(entry.mu_before, entry.sigma_before))


def shares(entry: Entry) -> tuple[Share, ...]:
    found = entry.shares or {}
    return tuple(Share(emotion(name), round(100 * found[name], 1)) for name in EMOTIONS if name in found)


def missing(entry: Entry) -> str:
    """Why there is no score."""
    if entry.status == Entry.Status.LEFT:
        return _("gave up")
    if entry.status == Entry.Status.UNREADABLE:
        return _("the photo could not be opened")
    if entry.status in {Entry.Status.COPIED, Entry.Status.BARRED}:
        return _("the photo did not count")
    return _("no face on the photo") if entry.attempt else _("no photo in time")


def versus(parts: list[Part]) -> str:
    return " · ".join(each.who.name for each in parts)


def state(entry: Entry) -> str:
    """What a spectator hears before the verdict."""
    if entry.status == Entry.Status.SENT:
        return _("judging…")
    if entry.status == Entry.Status.JUDGED:
        return _("has shown a face")
    if entry.status == Entry.Status.LEFT:
        return _("has given up")
    if entry.status == Entry.Status.BARRED:
        return _("the photo did not count")
    return _("the photo did not work, another may come") if entry.attempt else _("no photo yet")


def title(duel: Duel) -> str:
    if duel.running:
        return _("The duel is on")
    if duel.status == Duel.Status.CANCELLED:
        return _("Nobody came")
    if duel.status == Duel.Status.VOID:
        return _("Called off")
    return {Kind.FACELESS: _("Not a face in sight"), Kind.TECHNICAL: _("The only face wins")}.get(
        Kind(duel.verdict), _("The verdict")
    )


def why(duel: Duel, parts: list[Part]) -> str:
    if duel.running:
        return _("Each has to show the same emotion. The verdict comes with the last photo.")
    if duel.status == Duel.Status.CANCELLED:
        return _("Nobody sent a photo in time, so there was no duel and no rating has moved.")
    if duel.status == Duel.Status.VOID:
        return why_void(duel)
    if duel.verdict == Kind.FACELESS:
        return _("There were photos, but the judge found a face on none of them: so nobody wins.")
    if duel.verdict == Kind.TECHNICAL:
        return _("One player alone showed a face. It wins, however well it fits.")
    if any(each.entry.outcome == Outcome.DRAW for each in parts):
        return _("The best faces fit the task equally well, to the tenth of a point: a draw.")
    return why_won(parts)


def why_won(parts: list[Part]) -> str:
    matches = [each.match for each in parts if each.match is not None]
    if len(matches) < 2 or not parts[0].wins:  # practice
        return _("The judge tells how well the face fits the task.")
    about = {"name": parts[0].who.name, "points": tenths(matches[0] - matches[1])}
    return _("In the judge's eyes %(name)s fits the task best, %(points)s points ahead of the next face.") % about


def why_void(duel: Duel) -> str:
    if duel.void_reason == "judge":
        return _("The judge broke down. That is our fault: the duel does not count, and no rating has moved.")
    if duel.void_reason == "restored":
        return _("We had to restore our memory from a copy. That is our fault: the duel does not count.")
    return _("The duel was called off by a moderator: it does not count, and no rating has moved.")


def about_rating(duel: Duel) -> str:
    """Why no rating moved; nothing where it did."""
    if duel.status != Duel.Status.FINISHED or duel.counted or duel.practice:
        return ""
    if not duel.rated:
        return _("A friendly duel: ratings stay as they were.")
    if duel.verdict == Kind.FACELESS:
        return _("Ratings stay as they were: there was nothing to compare.")
    text = _("Ratings stay as they were: of the same two players' duels %(day)d a day and %(week)d a week count.")
    return text % {"day": fairness.RATED_A_DAY, "week": fairness.RATED_A_WEEK}
