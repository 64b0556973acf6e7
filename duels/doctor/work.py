"""Whether those live who do the work, and how much lies before them."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from duels import wake
from duels.doctor.findings import Finding, fault, measured, ok, warning
from duels.models import Notice, Update
from duels.watch import ready, state

LONG, TOO_LONG = 30.0, 300.0  # seconds
DAY = timedelta(days=1)
START = {
    "judge": "Start `manage.py work judge`; its log says why it ended.",
    "senders": "Start `manage.py work telegram`; its log says why it ended.",
    "reconciler": "Start `manage.py reconcile`: without it what got lost stays lost, and duels do not end in time.",
}
LINES = {
    "inbox": "More `manage.py work telegram`; a database that is slow; or updates that fail, in /admin/duels/update/.",
    "outbox": "More `manage.py work telegram`; or Telegram is slow or away, in its workers' log.",
    "photos": "More `manage.py work judge`; or Telegram gives no photos, in its log.",
    "arena": "More `manage.py work judge`.",
}


def work() -> Iterator[Finding]:
    found = state.look()
    for part, name in ready.BEATING.items():
        silent = ready.silence(found.silent.get(name))
        yield fault(part, silent, START[part]) if silent else ok(part, "alive")
    for name, line in found.lines.items():
        said = f"{line.waiting} wait" + (f", the oldest for {line.oldest:.0f} s" if line.waiting else "")
        yield measured(name, said, LINES[name], line.oldest, LONG, TOO_LONG)
    for queue in settings.RQ_QUEUES:
        length = wake.length(queue)
        if length is not None:
            yield ok(f"queue {queue}", f"{length} wake-ups")
    yield failures("updates", Update.objects.filter(received_at__gt=timezone.now() - DAY, status="failed").count())
    yield failures("messages", Notice.objects.filter(created__gt=timezone.now() - DAY, status="failed").count())


def failures(what: str, count: int) -> Finding:
    if not count:
        return ok(f"failed {what}", "none within a day")
    where = "update" if what == "updates" else "notice"
    cure = f"Read what they say in /admin/duels/{where}/?status=failed; mend it, and try them again there."
    return warning(f"failed {what}", f"{count} within a day", cure)
