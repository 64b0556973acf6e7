"""After a backup was put back: what happened since then Telegram knows, and we do not."""

from duels import play
from duels.models import Duel, Notice

REASON = "restored"


def make_good() -> tuple[int, int]:
    """Photos that came after the backup never come again: whoever sent one must not lose for it, so duels amid play are
    void. What waited to be sent may have been sent. How many of each.
    """
    running = Duel.objects.filter(status__in=Duel.RUNNING).order_by("pk").values_list("pk", flat=True)
    duels = sum(play.void(duel, REASON) for duel in list(running))
    before = Notice.objects.filter(status=Notice.Status.WAITING).exclude(duel__void_reason=REASON, kind="voided")
    return duels, before.update(repeated=True, lease_holder="", lease_until=None)
