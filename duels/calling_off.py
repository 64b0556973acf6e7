"""A moderator's word on a duel that is over, carried out: it counts for nobody any more, or it does again.

All in one transaction: the duel, every rating that follows from it, and the messages about it. The locks are those of a
finish, in the same order: the duel, then the players, the counter last. So a finish comes either before it and is
played again with the rest, or after it and goes on from the new ratings.
"""

import logging

from django.db import transaction

from accounts.models import Player
from duels import live, playback
from duels.models import Duel, Entry, ModerationAct
from duels.models.claims import ClaimQuerySet, kept
from duels.notices import Kind, tell
from duels.replay import MOVED
from duels.rules.rating import Skill

log = logging.getLogger(__name__)

MODERATOR = "moderator"  # a Duel's void_reason
TRIES = 5
LONGEST_PAUSE = 60.0
UNMOVED = dict.fromkeys(MOVED)

Status = ModerationAct.Status


def carry_out_due() -> int:
    """What RQ runs. A job's argument would only wake it: what is to be done is claimed."""
    done = 0
    for status in (Status.DUE, Status.UNDOING):
        while acts := due().claim(1, status):
            done += attempt(acts[0])
    return done


def due() -> ClaimQuerySet[ModerationAct]:
    return ModerationAct.objects.filter(status__in=[Status.DUE, Status.UNDOING]).order_by("id")


def attempt(act: ModerationAct) -> bool:
    """Tried again for as long as it takes: a moderator has been promised it."""
    try:
        with kept(ModerationAct, act.lease_holder):
            carry_out(act)
    except Exception:
        log.exception("%s was not carried out", act)
        ModerationAct.objects.filter(pk=act.pk).release(act.lease_holder, delay=min(2.0**act.tries, LONGEST_PAUSE))
        return False
    return True


def carry_out(act: ModerationAct) -> None:
    for _ in range(TRIES):
        try:
            return once(act)
        except playback.Grew:  # those whom it has reached meanwhile are locked, too, the next time
            continue
    raise playback.Grew


@transaction.atomic
def once(act: ModerationAct) -> None:
    assert act.duel_id is not None, "the database has it so"  # noqa: S101
    duel = Duel.objects.select_for_update(no_key=True).get(pk=act.duel_id)
    reach = playback.locked_reach(duel)
    skills = playback.skills_before(duel, reach)
    shown = ratings(reach.own)
    if not (take_out(duel, act) if act.status == Status.DUE else take_in(duel, act)):
        return  # somebody else was quicker
    duel.refresh_from_db()
    playback.play_again(duel, reach, skills)
    kind = Kind.CALLED_OFF if act.status == Status.DUE else Kind.RESTORED
    now = ratings(reach.own)
    for player in Player.objects.filter(pk__in=reach.own).order_by("pk"):
        tell(player, kind, duel, act=act.pk, before=shown[player.pk], after=now[player.pk])
    live.look_anew()


def ratings(players: frozenset[int]) -> dict[int, str]:
    rows = Player.objects.filter(pk__in=players).values_list("pk", "mu", "sigma")
    return {pk: str(Skill(mu, sigma)) for pk, mu, sigma in rows}


def take_out(duel: Duel, act: ModerationAct) -> bool:
    entries = Entry.objects.filter(duel=duel)
    outcomes = {str(pk): outcome for pk, outcome in entries.values_list("pk", "outcome")}
    if not settled(act, Status.STANDS, outcomes=outcomes):
        return False
    finished = Duel.objects.filter(pk=duel.pk, status=Duel.Status.FINISHED)
    changed = finished.update(status=Duel.Status.VOID, void_reason=MODERATOR)
    assert changed, "decided of a finished one"  # noqa: S101
    entries.update(outcome="", **UNMOVED)
    return True


def take_in(duel: Duel, act: ModerationAct) -> bool:
    if not settled(act, Status.UNDONE):
        return False
    void = Duel.objects.filter(pk=duel.pk, status=Duel.Status.VOID)
    changed = void.update(status=Duel.Status.FINISHED, void_reason="")
    assert changed, "one act alone may stand"  # noqa: S101
    for pk, outcome in act.outcomes.items():
        Entry.objects.filter(pk=pk).update(outcome=outcome)
    return True


def settled(act: ModerationAct, status: Status, **fields: object) -> int:
    """Once, whoever else holds it by now."""
    mine = ModerationAct.objects.filter(pk=act.pk, status=act.status)
    return mine.update(status=status, lease_holder="", lease_until=None, tries=0, **fields)
