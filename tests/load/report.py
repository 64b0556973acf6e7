"""What was measured, as pages of docs/benchmarks.md: each piece has its own, and leaves the others as they are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

from scoring.lab.speed_report import Line, machine, table
from tests.load import webhook
from tests.load.duels import Played
from tests.load.judging import Judged
from tests.load.remembering import Remembered
from tests.load.webhook import Taken
from tests.speed import percentile

PACKAGES = ("django", "daphne", "psycopg", "rq", "redis", "torch")
SHARE, MEDIAN, SLOW = 0.4, 0.25, 0.6  # the goals
FLAT = 1.1  # the memory of the second half beside the first
BEGIN = (
    "Written by `manage.py bench_load`. All processes are real, on one machine that they share with the load itself; "
    "PostgreSQL's commits reach the disk. In Telegram's place stands a server on loopback that answers at once. "
)
ABOUT = {
    "webhook": (
        "# Load: updates at the webhook",
        "One web process; no worker takes the updates away. The empty view stands on the same server, behind the same "
        "middleware, and gets the same requests; the two take turns.",
    ),
    "duels": (
        "# Load: from the second photo to the result",
        "Two players begin a duel at each beat, each sends a photo of 1280x960 between half a second and three seconds "
        "after the prompt. Counted from when the second photo's update sets out to when Telegram has got the whole "
        "call with the result, its picture drawn. Processes as in the Procfile: one web, two telegram, one judge (the "
        "one that ships), one reconciler. The search for copies is off, for the same drawn faces are shown again and "
        "again: what it costs stands in fairplay.md.",
    ),
    "rate": (
        "# Load: the highest rate that holds",
        "The same, at rates that halve the distance between one that holds and one that does not. A rate holds when "
        "nine of ten duels that are due end in time, when no more updates, photos and notices wait in the last third "
        "of the time than in the one before, and when there were players free to begin every duel.",
    ),
    "judges": (
        "# Load: one judge and two",
        "Photos that wait are judged in batches of up to 32, with all that belongs to it: fetching, the database, the "
        "verdict, the notices. No other process runs but PostgreSQL, Redis and the load itself.",
    ),
    "memory": ("# Load: memory", "Resident memory of each process, as the system counts it."),
}
Lines = Iterator[Line]


def page(piece: str, lines: Sequence[Line], remark: str = "") -> str:
    title, about = ABOUT[piece]
    facts = [f"- {each}" for each in (*machine(PACKAGES), remark) if each]
    return "\n".join([title, "", BEGIN + about, "", *facts, "", table(lines), ""])


def of_webhook(found: Taken) -> Lines:
    taken, empty = webhook.rate(found.webhook), webhook.rate(found.empty)
    yield Line(f"updates a second stored and answered, {webhook.CONNECTIONS} connections", f"{taken:.0f}")
    yield Line("the empty view, requests a second", f"{empty:.0f}")
    yield Line("the webhook's share of it", f"{found.share:.0%}", f">= {SHARE:.0%}", found.share >= SHARE)
    for what, rounds in (("an update", found.webhook), ("the empty view", found.empty)):
        middle, slowest = webhook.middle_and_slowest(rounds)
        yield Line(f"{what}: median and 99th percentile", f"{1000 * middle:.1f} and {1000 * slowest:.1f} ms")
    lost = sum(each.statuses.total() for each in found.webhook) - found.stored
    yield Line("updates not answered with 200, or not stored once", f"{lost}", "0", lost == 0)


def of_duels(found: Played) -> Lines:
    both, first = found.latency.both, found.latency.first
    middle, slow = percentile(both, 0.5), percentile(both)
    yield Line(f"duels begun a second; ended in {found.seconds:.0f} s", f"{found.rate:g}; {found.duels}")
    yield Line("second photo to both results, median", ms(middle), f"<= {ms(MEDIAN)}", middle <= MEDIAN)
    yield Line("the same, 95th percentile", ms(slow), f"<= {ms(SLOW)}", slow <= SLOW)
    yield Line("to the first of the two results, median and 95th", f"{ms(median(first))} and {ms(percentile(first))}")
    for name, seconds in found.latency.stages.items():
        yield Line(f"of that until {name}, median and 95th", f"{ms(median(seconds))} and {ms(percentile(seconds))}")
    yield Line("updates that were not answered with 200", f"{found.refused}", "0", found.refused == 0)
    yield from of_costs(found)


def of_costs(found: Played) -> Lines:
    duels = max(found.duels, 1)
    for kind, seconds in found.spent.seconds.items():
        yield Line(f"processor a duel, {kind}", ms(seconds / duels))
    total = sum(each for kind, each in found.spent.seconds.items() if kind != "the load itself")
    yield Line("processor a duel, the site in all", ms(total / duels))
    yield Line("messages to Telegram a duel; calls of any kind", f"{found.messages / duels:.1f}; {calls(found):.1f}")
    yield Line("rows a duel; bytes on disk; of the write-ahead log", database(found, duels))
    yield Line("bytes a duel from Telegram; to it", f"{kb(found.sent / duels)}; {kb(found.received / duels)}")


def calls(found: Played) -> float:
    return sum(each for name, each in found.calls.items() if name != "download") / max(found.duels, 1)


def database(found: Played, duels: int) -> str:
    return f"{found.spent.rows / duels:.0f}; {kb(found.spent.size / duels)}; {kb(found.spent.log / duels)}"


def of_rate(found: Sequence[Played]) -> Lines:
    held = [each.rate for each in found if each.stable]
    best = max(held, default=0.0)
    yield Line("the highest rate that held, duels a second", f"{best:g}")
    yield Line("that is, duels an hour", f"{3600 * best:,.0f}")
    for each in sorted(found, key=lambda each: each.rate):
        middle = ms(percentile(each.latency.both, 0.5)) if each.latency.both else "-"
        ended = f"{each.duels / each.seconds:.2f} ended a second"
        what = f"at {each.rate:g} a second for {each.seconds:.0f} s: {ended}, median result after {middle}"
        yield Line(what, "holds" if each.stable else "does not hold")


def of_judges(found: Sequence[Judged]) -> Lines:
    for each in found:
        noun = "process" if each.processes == 1 else "processes"
        yield Line(f"photos a second, {each.processes} {noun}, {each.photos} photos", f"{each.rate:.1f}")
    yield Line("how many times as many", f"{found[-1].rate / found[0].rate:.2f}")


def of_memory(found: Remembered, judged: Judged | None) -> Lines:
    yield Line(f"duels with a judge of no weight, in {found.seconds:.0f} s", f"{found.duels:,}")
    yield Line("median of the first half and of the second, after the first tenth", "", "+10 % at most")
    for name in found.memory[0][1]:
        yield grown(name, [(done, each[name]) for done, each in found.memory])
    if judged:
        what = f"the shipped judge's process, {judged.photos:,} photos"
        yield grown(what, judged.memory)


def grown(what: str, memory: Sequence[tuple[int, int]]) -> Line:
    most = memory[-1][0]
    halves = [[size for done, size in memory if low * most <= done <= high * most] for low, high in PARTS]
    first, second = (median(half or [memory[-1][1]]) for half in halves)
    return Line(what, f"{mb(first)}, {mb(second)}", "", second <= FLAT * first)


PARTS = ((0.1, 0.55), (0.55, 1.0))


def ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


def kb(size: float) -> str:
    return f"{size / 1000:.1f} kB"


def mb(size: float) -> str:
    return f"{size / 1e6:.0f} MB"


Report = Callable[..., Lines]
REPORTS: Mapping[str, Report] = {
    "webhook": of_webhook,
    "duels": of_duels,
    "rate": of_rate,
    "judges": of_judges,
    "memory": of_memory,
}
