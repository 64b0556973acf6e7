"""docs/benchmarks.md, written from what was measured and on what machine."""

import os
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from scoring.lab.speed import BATCHES, BIG_BATCH

PACKAGES = ("torch", "open_clip_torch", "facenet-pytorch", "pillow", "numpy")
BF16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}
MILLION = 1e6


@dataclass(frozen=True)
class Line:
    what: str
    measured: str
    goal: str = ""
    reached: bool | None = None

    def __str__(self) -> str:
        verdict = {True: "yes", False: "**no**", None: ""}[self.reached]
        return f"| {self.what} | {self.measured} | {self.goal} | {verdict} |"


def lines(found: Mapping[str, Mapping[str, Any]]) -> Iterator[Line]:
    """`found` by row; rows that were left out are told as such."""
    yield from _photo_lines(found["photo_to_score"])
    loaded, cold = found["nothing_loaded"], found["cold_start"]
    yield Line("`import scoring`", f"{'with' if loaded['torch'] else 'without'} torch", "without", not loaded["torch"])
    seconds = cold["wall"]
    yield Line(
        "first score after a cold start, from the start of the process", f"{seconds:.1f} s", "<= 5 s", seconds <= 5
    )
    yield from _batch_lines(found["batches"])
    yield from _mirror_lines(found["mirror"])
    yield from _big_lines(found.get("big_ours"), found.get("big_usual"))


def lines_on(device: str, found: Mapping[str, Mapping[str, Any]]) -> Iterator[Line]:
    """What another device than the processor changes."""
    yield from _batch_lines(found["batches"])
    yield from _big_lines(found.get("big_ours"), found.get("big_usual"), device)


def _photo_lines(row: Mapping[str, Any]) -> Iterator[Line]:
    ours, usual, times = 1000 * row["median"], 1000 * row["usual"], row["usual"] / row["median"]
    what = f"photo of 1280x960 to score, one thread, warm, median of {row['photos']}"
    yield Line(what, f"{ours:.1f} ms", "<= 60 ms", ours <= 60)
    yield Line("the same with MTCNN at full size, its default settings, and the same tower", f"{usual:.0f} ms")
    yield Line("how many times faster", f"{times:.1f}", ">= 5", times >= 5)
    what = "same winner both ways, pairs in which one photo shows the prompted emotion"
    yield Line(what, f"{row['same']:.2%}", ">= 99%", row["same"] >= 0.99)
    yield Line("the same, all pairs with every emotion's prompt, equally wrong ones too", f"{row['same_of_all']:.2%}")
    yield Line("faces found", f"{row['found']} of {row['photos']}")
    yield Line(
        "peak resident memory of that process, MTCNN's full-size search included", f"{row['peak'] / MILLION:.0f} MB"
    )


def _batch_lines(row: Mapping[str, Any]) -> Iterator[Line]:
    for what, rates in (("photos a second", row["whole"]), ("of that the tower alone, faces a second", row["tower"])):
        measured = ", ".join(f"{rate:.1f}" for rate in rates)
        yield Line(f"{what}, in batches of {', '.join(map(str, BATCHES))}, one thread", measured)


def _mirror_lines(row: Mapping[str, Any]) -> Iterator[Line]:
    rate, slowest = row["rate"], 1000 * row["slowest"]
    what = f"the mirror: frames of 320x240 a second, one thread, mean of {row['frames']} of a face that moves"
    yield Line(what, f"{rate:.1f}", ">= 10", rate >= 10)
    yield Line("its median and its slowest frame", f"{1000 * row['median']:.1f} and {slowest:.1f} ms")
    yield Line("frames in which it saw the face", f"{row['seen']} of {row['frames']}")
    yield Line("peak resident memory of that process", f"{row['peak'] / MILLION:.0f} MB")


def _big_lines(
    ours: Mapping[str, Any] | None, usual: Mapping[str, Any] | None, device: str = "the CPU"
) -> Iterator[Line]:
    what = f"ViT-H-14 image tower on {device}, one face, one thread"
    if ours is None or usual is None:
        yield Line(what, "left out of this run")
        return
    times, peak = usual["median"] / ours["median"], ours["peak"] / 1e9
    yield Line(f"{what}: ours, bf16", f"{ours['median']:.3g} s")
    yield Line(f"the same in a batch of {BIG_BATCH}, a face", f"{ours['batch']:.3g} s")
    yield Line("the same by open_clip's defaults, fp32", f"{usual['median']:.3g} s")
    yield Line("how many times faster", f"{times:.1f}", ">= 2", times >= 2)
    yield Line("peak resident memory of the judging process, ours", f"{peak:.2f} GB", "<= 1.9 GB", peak <= 1.9)
    yield Line("the same by open_clip's defaults, both towers", f"{usual['peak'] / 1e9:.2f} GB")


def page(found: Mapping[str, Mapping[str, Any]], device: str | None = None) -> str:
    return "\n".join(
        [
            f"# What the judge costs on {device}" if device else "# What the judge costs",
            "",
            "Written by `make bench`, which measures on the machine it runs on. Photos are drawn faces, near and far, "
            "straight and tilted. Each row has a process of its own. The ViT-H-14 has random weights, which cost what "
            "trained ones cost. The shipped judge sees each face four times: as it is and closer, both mirrored.",
            "",
            *(f"- {each}" for each in machine()),
            "",
            table(lines_on(device, found) if device else lines(found)),
            "",
        ]
    )


def put(path: Path, page: str) -> None:
    """In the place of what this page said before. Pages with other titles stay: others measure other things."""
    title = page.partition("\n")[0]
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    pages = [each for each in re.split(r"^(?=# )", text, flags=re.MULTILINE) if each.strip()]
    titles = [each.partition("\n")[0] for each in pages]
    where = titles.index(title) if title in titles else len(pages)
    pages[where : where + 1] = [page]
    path.write_text("\n".join(each.strip("\n") + "\n" for each in pages), encoding="utf-8")


def table(lines: Iterable[Line]) -> str:
    return "\n".join(["| what | measured | goal | reached |", "|---|---|---|---|", *map(str, lines)])


def machine(packages: Iterable[str] = PACKAGES) -> Iterator[str]:
    info = _processor()
    flags = set(info.get("flags", info.get("Features", "")).split())
    name = info.get("model name") or platform.processor() or platform.machine()
    yield f"Processor: {name}, {_cores()} cores to use, {_memory()}"
    if flags and not flags & BF16_FLAGS:
        yield "It has no bf16 instructions: the big tower's weights rest in bf16 and work in fp32, at fp32's speed"
    yield f"System: {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    yield "Packages: " + ", ".join(f"{package} {installed(package)}" for package in packages)
    if hasattr(os, "getloadavg"):
        yield f"Busy processes at the end of the run, as the system counts them: {os.getloadavg()[0]:.1f}"
    yield f"Measured on {datetime.now(UTC):%d %B %Y}"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return "memory unknown"
    return f"{size / 1e9:.0f} GB of memory"


def _processor() -> dict[str, str]:
    """The first one's lines of /proc/cpuinfo; nothing where there is no such file."""
    path = Path("/proc/cpuinfo")
    rows = path.read_text().split("\n\n")[0].splitlines() if path.is_file() else []
    return {key.strip(): value.strip() for key, _, value in (row.partition(":") for row in rows)}
