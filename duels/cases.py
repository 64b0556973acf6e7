"""Moderators' work: reports make a case, a case is decided, a decision is taken back.

A case carries a version. Who decides says which one they have seen, and one conditional UPDATE takes the next: of two
who decide at once, the second is told. Locks come in this order: the case, seats, the duel (it is over), the player.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import FOR_GOOD, Player
from duels import naming, wake
from duels.models import Case, Duel, Entry, ModerationAct, Report
from duels.notices import Kind, tell
from duels.rooms import leave_room
from duels.rules.moderation import Said, priority
from duels.search import leave_search

What, Status = ModerationAct.What, ModerationAct.Status
OPEN, CLOSED = Case.Status.OPEN, Case.Status.CLOSED
SOME = 200


class Stale(Exception):
    """Somebody else has acted since the page was read. Nothing was changed."""


@dataclass(frozen=True)
class Act:
    """What a moderator wants done about an entry. `days`: none for a suspension that lasts for good."""

    what: ModerationAct.What
    days: int | None = None
    name: str = ""  # to be taken away: as it was seen

    def until(self, now: datetime) -> datetime | None:
        if self.what != What.SUSPEND:
            return None
        return FOR_GOOD if self.days is None else now + timedelta(days=self.days)


@dataclass(frozen=True)
class Decision:
    by: User
    why: str
    reason: str = ""  # of Report.Reason; none where reports are dismissed
    acts: tuple[Act, ...] = ()


@transaction.atomic
def opened(entry: Entry, flagged: str = "") -> Case:
    """With a new report, or by what the site itself has found (`flagged`, of Report.Reason)."""
    Case.objects.get_or_create(entry=entry)
    case = Case.objects.select_for_update(no_key=True).get(entry=entry)
    if case.status == CLOSED:
        case.status, case.opened_at, case.closed_at, case.version = OPEN, timezone.now(), None, case.version + 1
    case.flagged = flagged or case.flagged
    case.priority = weights([case])[case.pk]
    case.save(update_fields=["status", "opened_at", "closed_at", "version", "flagged", "priority"])
    return case


def weights(cases: Collection[Case]) -> dict[int, float]:
    """By case, for any number of them in two queries."""
    rows = Report.objects.filter(entry__case__in=cases, status=Report.Status.OPEN)
    said = list(rows.values_list("entry__case", "reporter", "reason"))
    known = records(reporter for _, reporter, _ in said)
    reports: dict[int, list[Said]] = {case.pk: [] for case in cases}
    for case, reporter, reason in said:
        reports[case].append(Said(reason, *known[reporter]))
    return {case.pk: priority(reports[case.pk], case.flagged) for case in cases}


def records(reporters: Iterable[int]) -> dict[int, tuple[int, int]]:
    """By player: how many of their reports were upheld, and how many dismissed."""
    wanted = set(reporters)
    decided = Report.objects.filter(reporter__in=wanted).exclude(status=Report.Status.OPEN)
    counts = Counter(
        {(who, status): n for who, status, n in decided.values_list("reporter", "status").annotate(Count("pk"))}
    )
    return {who: (counts[who, Report.Status.UPHELD], counts[who, Report.Status.DISMISSED]) for who in wanted}


@transaction.atomic
def weigh_again(reporters: Collection[int]) -> None:
    """Their other cases, now that their word weighs more or less."""
    theirs = Report.objects.filter(reporter__in=reporters, status=Report.Status.OPEN)
    wanted = Case.objects.filter(status=OPEN, entry__in=theirs.values("entry"))
    ids = list(wanted.values_list("pk", flat=True))
    cases = list(Case.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    found = weights(cases)
    for case in cases:
        case.priority = found[case.pk]
    Case.objects.bulk_update(cases, ["priority"], batch_size=SOME)


def open_missing() -> int:
    """Reports that no open case holds: filed before there were cases, or by code that knows of none."""
    lost = Report.objects.filter(Q(entry__case=None) | Q(entry__case__status=CLOSED), status=Report.Status.OPEN)
    entries = Entry.objects.filter(pk__in=list(lost.values_list("entry", flat=True)[:SOME]))
    return len([opened(entry) for entry in entries])


@transaction.atomic
def decide(case_pk: int, version: int, decision: Decision) -> list[ModerationAct]:
    """Without acts the reports are dismissed, which only an open case can be."""
    case = taken(case_pk, version, must_be_open=not decision.acts)
    entry = case.entry
    wanted = decision.acts or (Act(What.DISMISS),)
    if any(each.what == What.SUSPEND for each in wanted):
        _ = leave_search(entry.player) or leave_room(entry.player)
    if any(each.what == What.VOID for each in wanted) and not may_be_called_off(entry.duel):
        raise Stale
    entry.player = held(entry.player_id, [each.name for each in wanted if each.what == What.RENAME])
    acts = [done(case, each, decision) for each in wanted]
    close_reports(case, Report.Status.UPHELD if decision.acts else Report.Status.DISMISSED, acts[0])
    for act in acts:
        if act.what == What.RENAME:
            naming.take_away(act)
    return acts


def held(player: int, names: Collection[str]) -> Player:
    """Their row, locked. `names`: what they were called when somebody chose to take that away."""
    found = Player.objects.select_for_update(no_key=True).get(pk=player)
    if names and (found.anonymised_at or {found.name} != set(names)):
        raise Stale
    return found


@transaction.atomic
def take_name(player: int, name: str, by: User, why: str) -> ModerationAct:
    """Without a case: names are seen on boards, too."""
    act = ModerationAct.objects.create(player=held(player, [name]), what=What.RENAME, why=why, by=by)
    naming.take_away(act)
    return act


def taken(case_pk: int, version: int, must_be_open: bool) -> Case:
    seen = Case.objects.filter(pk=case_pk, version=version)
    seen = seen.filter(status=OPEN) if must_be_open else seen
    if not seen.update(status=CLOSED, closed_at=timezone.now(), version=F("version") + 1):
        raise Stale
    return Case.objects.select_related("entry__player", "entry__duel").get(pk=case_pk)


def done(case: Case, wanted: Act, decision: Decision) -> ModerationAct:
    entry, now = case.entry, timezone.now()
    act = ModerationAct.objects.create(
        case=case,
        player=entry.player,
        duel=entry.duel,
        what=wanted.what,
        status=Status.DUE if wanted.what == What.VOID else Status.STANDS,
        reason=decision.reason,
        why=decision.why,
        until=wanted.until(now),
        by=decision.by,
        created=now,
    )
    carried_out(act)
    return act


def may_be_called_off(duel: Duel) -> bool:
    """Its row held, so that of two who call it off by its two photos, the second is told."""
    held = Duel.objects.select_for_update(no_key=True).get(pk=duel.pk)
    standing = ModerationAct.objects.filter(duel=duel, what=What.VOID, status__in=ModerationAct.STANDING)
    return held.status == Duel.Status.FINISHED and not held.practice and not standing.exists()


def carried_out(act: ModerationAct) -> None:
    if act.what == What.VOID:
        wake.playback(act.pk, act.tries)
    elif act.what == What.WARN:
        tell(act.player, Kind.WARNED, act=act.pk)
    elif act.what == What.SUSPEND:
        suspend(act.player)
        tell(act.player, Kind.SUSPENDED, act=act.pk)


def taken_over(player: Player) -> None:
    """A suspension that has outlasted an erasure: its act went with the person, and a new one can be taken back."""
    if player.suspended_until:
        until, why = player.suspended_until, player.suspension_reason
        ModerationAct.objects.create(player=player, what=What.SUSPEND, until=until, why=why)


def suspend(player: Player) -> None:
    """For as long as the longest suspension that stands. The caller holds the player's row."""
    longest = suspension_of(player)
    until, because = (longest.until, longest.why) if longest else (None, "")
    Player.objects.filter(pk=player.pk, anonymised_at=None).update(suspended_until=until, suspension_reason=because)


def suspension_of(player: Player) -> ModerationAct | None:
    standing = ModerationAct.objects.filter(player=player, what=What.SUSPEND, status=Status.STANDS)
    return standing.filter(until__gt=timezone.now()).order_by("-until", "-pk").first()


def close_reports(case: Case, status: Report.Status, act: ModerationAct) -> None:
    reports = Report.objects.filter(entry=case.entry, status=Report.Status.OPEN)
    reporters = [report.reporter for report in reports.select_related("reporter").order_by("pk")]
    reports.update(status=status)
    kind = Kind.REPORT_UPHELD if status == Report.Status.UPHELD else Kind.REPORT_DISMISSED
    told(reporters, kind, act)


def told(reporters: Collection[Player], kind: Kind, act: ModerationAct) -> None:
    for reporter in reporters:
        tell(reporter, kind, act=act.pk)
    if reporters:
        # In a transaction of its own: it locks other cases.
        transaction.on_commit(partial(weigh_again, [player.pk for player in reporters]), robust=True)


@transaction.atomic
def take_back(act_pk: int, by: User, why: str) -> ModerationAct:
    """A case on which nothing stands any more is open again."""
    act = ModerationAct.objects.select_related("case__entry", "player").get(pk=act_pk)
    if act.case:
        Case.objects.filter(pk=act.case.pk).update(version=F("version") + 1)
    Player.objects.select_for_update(no_key=True).get(pk=act.player_id)
    status = Status.UNDOING if act.what == What.VOID else Status.UNDONE
    undone = {"status": status, "undone_by": by, "undone_at": timezone.now(), "undone_why": why}
    if not ModerationAct.objects.filter(pk=act.pk, status=Status.STANDS).update(**undone):
        raise Stale
    undo(act)
    if act.case and not act.case.acts.filter(status__in=[Status.DUE, Status.STANDS]).exists():
        reopen(act.case, act)
    if act.what == What.RENAME:
        naming.give_back(act)
    return act


def undo(act: ModerationAct) -> None:
    if act.what == What.VOID:
        wake.playback(act.pk, act.tries)
    elif act.what == What.WARN:
        tell(act.player, Kind.WARNING_LIFTED, act=act.pk)
    elif act.what == What.SUSPEND:
        suspend(act.player)
        tell(act.player, Kind.SUSPENSION_LIFTED, act=act.pk)


def reopen(case: Case, act: ModerationAct) -> None:
    decided = Report.objects.filter(entry=case.entry).exclude(status=Report.Status.OPEN)
    reporters = [report.reporter for report in decided.select_related("reporter").order_by("pk")]
    decided.update(status=Report.Status.OPEN)
    opened(case.entry)
    told(reporters, Kind.REPORT_REOPENED, act)
