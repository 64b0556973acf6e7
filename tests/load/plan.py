"""docs/planning.md's tables: what was measured of one duel, times so many duels an hour."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path

from tests.load.duels import Played

TITLE = "# What it takes, by the figures of this tree"
ABOUT = (
    "Written by `manage.py bench_load` with the piece `duels`; [the page above](#planning) says how to read it. "
    "One duel has two photos. Cores are those of the machine in [benchmarks](benchmarks.md), and everything is kept "
    "{busy:.0%} busy at most, so that queues stay short."
)
HOURLY = (100, 10_000, 1_000_000)
BUSY = 0.6
MACHINE = 8  # cores
BOT = 30  # messages a second that Telegram takes from one bot
PAID = 1000  # and that it takes for a fee
BIG = re.compile(r"\| ViT-H-14 image tower on the CPU, one face, one thread: ours, bf16 \| ([0-9.]+) s \|")
# Nobody has measured these here: whoever plans puts their own in their place.
CORE_HOUR, GPU_HOUR, GPU_FACES = 0.04, 2.00, 100.0
ASSUMED = (
    f"**Assumed, not measured; put your own in their place:** a core-hour costs {CORE_HOUR:.2f}, a GPU-hour "
    f"{GPU_HOUR:.2f} of your money, and one GPU sees {GPU_FACES:.0f} faces a second with ViT-H-14 "
    "(`manage.py bench --device cuda` measures yours)."
)
Figure = Callable[[int], str]
KINDS = ("web", "telegram", "judge", "PostgreSQL", "Redis")


@dataclass(frozen=True)
class Duel:
    """What one costs."""

    seconds: dict[str, float]  # of a processor, by kind of process
    messages: float
    calls: float
    rows: float
    size: float  # bytes on disk
    log: float  # bytes of the write-ahead log
    traffic: float  # bytes from Telegram and to it
    face: float | None  # seconds of a processor for ViT-H-14, where measured


def of(found: Played, benchmarks: Path) -> Duel:
    duels = max(found.duels, 1)
    calls = sum(each for name, each in found.calls.items() if name != "download")
    big = BIG.search(benchmarks.read_text(encoding="utf-8")) if benchmarks.is_file() else None
    return Duel(
        {kind: found.spent.seconds[kind] / duels for kind in KINDS},
        found.messages / duels,
        calls / duels,
        found.spent.rows / duels,
        found.spent.size / duels,
        found.spent.log / duels,
        (found.sent + found.received) / duels,
        float(big[1]) if big else None,
    )


def page(duel: Duel, machine: str) -> str:
    parts = [TITLE, "", ABOUT.format(busy=BUSY), "", f"- {machine}", f"- {ASSUMED}", ""]
    head = ["what", *(f"{hourly:,} duels an hour" for hourly in HOURLY)]
    rows = [head, ["---"] * len(head), *rows_of(duel)]
    return "\n".join([*parts, *(f"| {' | '.join(row)} |" for row in rows), ""])


def rows_of(duel: Duel) -> Iterator[list[str]]:
    yield row("duels a second", lambda each: f"{each / 3600:.2f}")
    for kind, seconds in duel.seconds.items():
        yield row(f"cores for {kind} ({1000 * seconds:.0f} ms a duel)", partial(cores, seconds))
    total = sum(duel.seconds.values())
    yield row("cores in all, with the judge that ships", partial(cores, total))
    yield row(f"machines of {MACHINE} cores", lambda each: f"{ceil(each * total / 3600 / BUSY / MACHINE)}")
    yield row("an hour of the cores (assumed price)", lambda each: money(each * total / 3600 / BUSY * CORE_HOUR))
    yield from of_big(duel, total)
    yield from of_telegram(duel)
    yield from of_data(duel)


def of_big(duel: Duel, total: float) -> Iterator[list[str]]:
    if duel.face is None:
        yield row("ViT-H-14", lambda each: "not measured: `make bench`")
        return
    more = 2 * duel.face
    yield row(f"cores more with ViT-H-14 on processors ({more:.1f} s a duel)", partial(cores, more))
    price = lambda each: money(each * (total + more) / 3600 / BUSY * CORE_HOUR)  # noqa: E731
    yield row("an hour of all with it (assumed price)", price)
    yield row("GPUs instead (assumed speed)", lambda each: f"{ceil(gpus(each))} ({gpus(each):.3g})")
    on_gpus = lambda each: money(each * total / 3600 / BUSY * CORE_HOUR + ceil(gpus(each)) * GPU_HOUR)  # noqa: E731
    yield row("an hour of all with them (assumed prices)", on_gpus)


def of_telegram(duel: Duel) -> Iterator[list[str]]:
    rate = duel.messages / 3600
    yield row(f"messages a second ({duel.messages:.1f} a duel)", lambda each: f"{each * rate:.1f}")
    yield row(f"bots at {BOT} messages a second", lambda each: f"{ceil(each * rate / BOT)}")
    yield row(f"bots at {PAID} a second, paid", lambda each: f"{ceil(each * rate / PAID)}")
    yield ["one bot at 30 a second holds, duels an hour", f"{BOT * 3600 / duel.messages:,.0f}", "", ""]


def of_data(duel: Duel) -> Iterator[list[str]]:
    yield row(f"rows a second ({duel.rows:.0f} a duel)", lambda each: f"{each * duel.rows / 3600:,.0f}")
    size = f"database, GB more a day ({duel.size / 1000:.1f} kB a duel, before anything is dropped)"
    yield row(size, lambda each: f"{24 * each * duel.size / 1e9:,.1f}")
    yield row("write-ahead log, MB a second", lambda each: f"{each * duel.log / 3600 / 1e6:,.2f}")
    yield row("to and from Telegram, Mbit a second", lambda each: f"{8 * each * duel.traffic / 3600 / 1e6:,.1f}")


def row(what: str, figure: Figure) -> list[str]:
    return [what, *(figure(hourly) for hourly in HOURLY)]


def cores(seconds: float, hourly: int) -> str:
    found = hourly * seconds / 3600 / BUSY
    return f"{found:,.0f}" if found >= 10 else f"{found:.2g}"


def gpus(hourly: int) -> float:
    return 2 * hourly / 3600 / BUSY / GPU_FACES


def money(price: float) -> str:
    return f"{price:,.2f}" if price < 100 else f"{price:,.0f}"
