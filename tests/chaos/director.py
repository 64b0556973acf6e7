"""Has each fault of a plan come, and measures how long after its end all is done that was due then."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from tests.botapi import Fault as ApiFault
from tests.chaos.machines import Machines
from tests.chaos.plan import ASKED_TO_STOP, Fault

MET_WITHIN = 90.0  # seconds that a trap waits for somebody
EMPTIED_EVERY = 3.0
TELEGRAM_SECONDS = 20.0  # that Telegram's fault lasts at most
AWAY = 20.0
STUCK = 1200.0  # seconds after which nobody waits any longer for a recovery
# Of players whom Telegram has told to wait nothing is due.
TOLD_TO_WAIT = """
    select player_id from duels_notice
    where status = 'waiting' and error like '%Too Many Requests%' and lease_until > now()
"""
UPDATES = "select update_id from duels_update where status = 'waiting'"
STORED = "select update_id from duels_update where update_id = any(?) and status <> 'waiting'"
NOTICES = f"select id from duels_notice where status = 'waiting' and player_id not in ({TOLD_TO_WAIT})"  # noqa: S608
PHOTOS = """
    select entry.id, attempt from duels_entry entry join duels_duel duel on duel.id = duel_id
    where entry.status = 'sent' and duel.status in ('dealt', 'open')
"""
OVERDUE = "select id from duels_duel where status = 'open' and deadline < now() - interval '5 seconds'"


@dataclass(frozen=True)
class Due:
    updates: frozenset[int]
    notices: frozenset[int]
    photos: frozenset[tuple[int, int]]
    duels: frozenset[int]

    def __len__(self) -> int:
        return len(self.updates) + len(self.notices) + len(self.photos) + len(self.duels)

    def __str__(self) -> str:
        parts = {name: sorted(getattr(self, name))[:5] for name in ("updates", "notices", "photos", "duels")}
        return ", ".join(f"{name} {ids}" for name, ids in parts.items() if ids)


@dataclass
class Recovery:
    fault: Fault
    met: bool
    due: int
    seconds: float
    last: str = ""  # what was done last

    def __str__(self) -> str:
        came = f"{self.due:3} due, done in {self.seconds:5.1f} s" if self.met else "nobody came by"
        return f"{came}  {self.fault}  {self.last}"


class Director:
    def __init__(self, site: Machines) -> None:
        self.site = site
        self.recoveries: list[Recovery] = []

    def run(self, plan: list[Fault], enough: float) -> Iterator[None]:
        """To be gone on with again and again: each step takes no time worth mentioning."""
        for fault in plan:
            if time.monotonic() > enough:
                return
            yield from wait(fault.pause)
            met = yield from getattr(self, fault.what)(fault)
            recovery = Recovery(fault, met is not False, 0, 0.0)
            yield from self.recover(recovery)
            self.recoveries.append(recovery)
            yield from self.until(self.site.able)

    def recover(self, recovery: Recovery) -> Iterator[None]:
        began = time.monotonic()
        left = due(self.site)
        recovery.due = len(left)
        while left:
            recovery.seconds, recovery.last = time.monotonic() - began, f"last {left}"
            assert recovery.seconds < STUCK, f"after {recovery.fault} there remain {left}"
            yield
            left = still_due(self.site, left)

    def until(self, look: Callable[[], object], within: float = STUCK) -> Iterator[None]:
        end = time.monotonic() + within
        while not look():
            assert time.monotonic() < end, f"the site does not come back:\n{self.site.logs()}"
            yield

    # The faults. Each is over when it returns; False: it found no occasion.

    def kill(self, fault: Fault) -> Iterator[None]:
        """Where another of its kind lives, that one has to do."""
        names = self.struck(fault.whom)
        for name in names:
            self.site.strike(name, fault.rest)
        yield from wait(0.2)
        yield from self.until(self.site.able)

    def struck(self, whom: str) -> list[str]:
        if whom == "all":
            return list(self.site.processes)
        return [f"{whom.split()[1]}{number}" for number in (1, 2)] if whom.startswith("both") else [whom]

    def end(self, fault: Fault) -> Iterator[None]:
        """As at a deploy: asked to stop, and waited for."""
        yield from self.until(lambda: self.site.ready(fault.whom))
        process = self.site.running[fault.whom]
        self.site.strike(fault.whom, fault.rest, ASKED_TO_STOP)
        yield from self.until(lambda: process.poll() is not None)

    def trap(self, fault: Fault) -> Generator[None, None, bool]:
        trap, before = self.site.traps / fault.whom, len(self.site.deaths)
        trap.touch()
        provoking = self.provoke(fault)
        end = time.monotonic() + MET_WITHIN
        while trap.exists() and time.monotonic() < end:
            if fault.whom.startswith("reconcile") and " wake " in fault.whom:
                self.site.redis.empty()  # so that somebody was not woken
                yield from wait(EMPTIED_EVERY)
            yield
        met = not trap.exists()
        trap.unlink(missing_ok=True)
        for each in provoking:
            self.lift(each)
        if met:
            yield from self.until(lambda: len(self.site.deaths) > before and self.site.able())
        return met

    def provoke(self, fault: Fault) -> list[ApiFault]:
        """What brings somebody to a step that is seldom come to."""
        found = [self.site.api.fail(**fault.about)] if fault.about else []
        if " amid sending " in fault.whom:
            found.append(self.site.api.fail(fault.whom.split()[-1], slow=0.4, done=True, times=3))
        return found

    def redis(self, fault: Fault) -> Iterator[None]:
        if fault.whom == "emptied":
            self.site.redis.empty()
            yield
            return
        self.site.redis.kill()
        yield from wait(AWAY if "20" in fault.whom else 0.0)
        self.site.redis.start()

    def postgres(self, fault: Fault) -> Iterator[None]:
        away = "20" in fault.whom
        self.site.outages.append(time.monotonic())
        self.site.away = True
        self.site.database.stop("fast" if away else fault.whom)
        yield from wait(AWAY if away else 0.0)
        self.site.database.start()
        self.site.away = False

    def telegram(self, fault: Fault) -> Generator[None, None, bool]:
        injected = self.site.api.fail(**fault.about)
        end = time.monotonic() + TELEGRAM_SECONDS
        while injected.times and time.monotonic() < end:
            yield
        self.lift(injected)
        yield from wait(fault.about.get("slow", 0.0))
        return bool(injected.met)

    def updates(self, fault: Fault) -> Iterator[None]:
        self.site.api.sends(order="shuffled", copies=2)
        yield from wait(TELEGRAM_SECONDS)
        self.site.api.sends()

    def lift(self, injected: ApiFault) -> None:
        if injected in self.site.api.faults:
            self.site.api.faults.remove(injected)


def wait(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield


def due(site: Machines) -> Due:
    """What the site has to do now, updates that Telegram could not yet hand over too."""
    pending = set(site.api.do(lambda: list(site.api.delivery.pending)))
    return Due(
        frozenset(pending | {row[0] for row in site.rows(UPDATES)}),
        frozenset(row[0] for row in site.rows(NOTICES)),
        frozenset((row[0], row[1]) for row in site.rows(PHOTOS)),
        frozenset(row[0] for row in site.rows(OVERDUE)),
    )


def still_due(site: Machines, before: Due) -> Due:
    handled = {row[0] for row in site.rows(STORED, list(before.updates))}
    now = due(site)
    return Due(
        before.updates - handled, before.notices & now.notices, before.photos & now.photos, before.duels & now.duels
    )
