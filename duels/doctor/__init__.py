"""`manage.py doctor`: what is wrong with a deployment, and what mends it. It looks, and changes nothing."""

from collections.abc import Callable, Iterator

from duels.doctor import data, judge, machine, telegram, work
from duels.doctor.findings import Finding, Level, fault
from emotionduel.logs import redacted

Look = Callable[[], Iterator[Finding]]


def examine(deep: bool = False, with_judge: bool = True) -> Iterator[Finding]:
    """Without its database nothing can be said of the work that lies there."""
    yield from looked("site", machine.site)
    yield from looked("machine", machine.room)
    found = list(looked("database", data.database))
    yield from found
    yield from looked("redis", data.redis)
    if with_judge:
        yield from looked("model", lambda: judge.judge(deep))
    if not any(each.level == Level.FAULT and each.what in {"database", "migrations"} for each in found):
        yield from looked("work", work.work)
    yield from looked("telegram", telegram.telegram)


def looked(what: str, look: Look) -> Iterator[Finding]:
    """Whatever one look stumbles over, the others are taken."""
    try:
        yield from look()
    except Exception as error:  # noqa: BLE001 (it is told)
        said = redacted(f"{type(error).__name__}: {error}".split("\n")[0])
        yield fault(what, said, "This was not foreseen: the log may say more.")
