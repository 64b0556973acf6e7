"""What is due goes on, whoever died and whatever Redis has forgotten: looked for in the database, again and again."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from redis.exceptions import RedisError

from duels import (
    arena,
    calling_off,
    cases,
    deadlines,
    exporting,
    figures,
    jobs,
    landmarks,
    lobby,
    retention,
    tallies,
    training,
    turns,
    wake,
)
from duels.models import Notice, Prompt, Update
from duels.telegram import door
from emotionduel import trail

log = logging.getLogger(__name__)

NAME = "reconcile"
WOKEN = 200


def reconcile(holder: str) -> bool:
    """One round. False: another process has the turn."""
    back_since = turns.take(NAME, holder)
    if back_since is None:
        return False
    for name, step in steps(back_since).items():
        if count := taken(name, step):
            tallies.count("reconciler_found", name, by=count)
            log.info("reconcile: %s: %d", name, count)
    return True


def taken(name: str, step: Callable[[], int]) -> int:
    """What one duel's lines are marked with is over with the step."""
    with trail.on():
        try:
            return step()
        except Exception:
            tallies.count("reconciler_failed", name)
            log.exception("reconcile: %s failed", name)
            return 0


def steps(back_since: datetime) -> dict[str, Callable[[], int]]:
    return {
        "clocks started late": deadlines.start_late,
        "duels reminded": deadlines.remind,
        "duels expired": lambda: expire(back_since),
        "duels void": lambda: deadlines.void_unjudgeable(back_since),
        "searches dropped": lobby.drop_unready,
        "searches ended": lobby.end_searches,
        "pairs": lobby.pair_waiting,
        "searchers told": lobby.tell_waiting,
        "rooms expired": lobby.expire_rooms,
        "arena cleared": arena.expire,
        "photos woken": wake_judge,
        "arena woken": wake_arena,
        "updates woken": wake_inbox,
        "notices woken": wake_outbox,
        "prompts woken": wake_measure,
        "cases opened": cases.open_missing,
        "playbacks woken": wake_playback,
        "board figures dropped": figures.drop_past,
        "landmarks set": landmarks.measure_one,
        "given photos woken": wake_gifts,
        "training sets cleared": exporting.clear_folders,
        "webhook looked at": wake_webhook,
        **retention.steps(),
    }


def expire(back_since: datetime) -> int:
    """While the site's door is shut, photos sent in time wait before it."""
    door = turns.door_open_since()
    return deadlines.expire(max(back_since, door)) if door else 0


def wake_judge() -> int:
    """How many wake-ups were lacking: those that wait in a queue already are no news."""
    found = jobs.waiting().free()[:WOKEN]
    return sum(wake.judge(entry.pk, entry.attempt, entry.tries) for entry in found)


def wake_arena() -> int:
    photos = arena.to_judge().free().defer("photo")[:WOKEN]
    duels = arena.to_draw().free().defer("card")[:WOKEN]
    woken = [wake.arena(entry.pk, entry.attempt, entry.tries) for entry in photos]
    return sum(woken) + sum(wake.arena_card(duel.pk, duel.tries) for duel in duels)


def wake_inbox() -> int:
    free = Update.objects.free().defer("payload")
    found = free.filter(status=Update.Status.WAITING).order_by("update_id")[:WOKEN]
    return sum(wake.inbox(update.pk, update.tries) for update in found)


def wake_outbox() -> int:
    """Those who are told the same together, as notices.tell_all wakes them: of that wake-up another is no news."""
    free = Notice.objects.free().defer("params")
    together: dict[object, list[Notice]] = {}
    for notice in free.filter(status=Notice.Status.WAITING).order_by("id")[:WOKEN]:
        together.setdefault((notice.duel_id, notice.kind) if notice.duel_id else notice.pk, []).append(notice)
    return sum(wake_together(notices) for notices in together.values())


def wake_together(notices: Sequence[Notice]) -> bool:
    return wake.outbox([notice.player_id for notice in notices], notices[0].pk, notices[0].tries)


def wake_playback() -> int:
    return sum(wake.playback(act.pk, act.tries) for act in calling_off.due().free()[:WOKEN])


def wake_gifts() -> int:
    found = training.waiting().free().defer("photo", "file_id")[:WOKEN]
    return sum(wake.gift(photo.pk, photo.tries) for photo in found)


def wake_measure() -> int:
    prompt = Prompt.objects.filter(spread__isnull=True).order_by("id").first()
    return int(prompt is not None and wake.measure(prompt.pk))


def wake_webhook() -> int:
    """Telegram is asked how it gets on with the webhook. By a worker: the answer may take long."""
    try:
        return int(door.by_webhook() and tallies.webhook_due() and wake.webhook())
    except RedisError:
        return 0
