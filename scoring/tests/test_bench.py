"""The bench measures what it says, and writes what it measured."""

from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from scoring.lab import speed_report
from scoring.lab.speed import BenchError, ask, peak_memory, same_winner
from scoring.management.commands import bench

FOUND: dict[str, dict[str, Any]] = {
    "nothing_loaded": {"torch": False},
    "cold_start": {"wall": 6.1},
    "photo_to_score": {
        "median": 0.03, "usual": 0.33, "same": 0.995, "same_of_all": 0.97, "photos": 56, "found": 56, "peak": 5e8,
    },
    "batches": {"whole": [14.1, 15.2], "tower": [50.0, 60.5]},
    "mirror": {"rate": 31.4, "median": 0.03, "slowest": 0.07, "seen": 200, "frames": 200, "peak": 4e8},
}  # fmt: skip
BIG: dict[str, dict[str, Any]] = {
    "big_ours": {"median": 0.9, "batch": 0.85, "peak": 1.7e9},
    "big_usual": {"median": 2.1, "peak": 4.2e9},
}


def test_every_goal_is_told_reached_or_not() -> None:
    verdicts = {line.goal: line.reached for line in speed_report.lines(FOUND | BIG) if line.goal}
    assert verdicts == {
        ">= 10": True, "<= 60 ms": True, ">= 5": True, ">= 99%": True, "without": True, "<= 5 s": False,
        ">= 2": True, "<= 1.9 GB": True,
    }  # fmt: skip


def test_another_device_has_a_page_of_its_own() -> None:
    page = speed_report.page(FOUND | BIG, "cuda")
    assert page.startswith("# What the judge costs on cuda\n")
    assert "| ViT-H-14 image tower on cuda, one face, one thread: ours, bf16 | 0.9 s |" in page
    assert "cold start" not in page


def test_what_was_left_out_is_said() -> None:
    page = speed_report.page(FOUND)
    assert "left out of this run" in page
    assert "| 6.1 s | <= 5 s | **no** |" in page
    assert "Processor: " in page


def test_the_same_winner_is_counted_over_pairs_and_prompts() -> None:
    ours = np.array([[0.3, 0.1], [0.2, 0.2], [0.1, -np.inf]])
    theirs = ours.copy()
    assert same_winner(ours, theirs) == 1
    theirs[0, 1] = 0.3  # under the second prompt, the first photo now beats the second
    assert same_winner(ours, theirs) == pytest.approx(5 / 6)
    # Photos 0 and 1 both show the first emotion: only their pairs with photo 2 are asked.
    assert same_winner(ours, theirs, np.array([0, 0, 1])) == 1


def test_memory_is_counted_in_bytes() -> None:
    assert 10e6 < peak_memory() < 50e9


def test_a_row_that_fails_says_why() -> None:
    with pytest.raises(BenchError, match=r"cold_start: .*unexpected"):
        ask("cold_start", nonsense=1)


@pytest.mark.slow
def test_the_command_writes_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row is measured, on less than for figures that count."""
    monkeypatch.setattr(bench, "FRAMES", 8)
    monkeypatch.setattr(bench, "COLD_STARTS", 1)
    out = StringIO()
    call_command("bench", photos=3, skip_big=True, output=tmp_path / "benchmarks.md", stdout=out)
    assert "photo of 1280x960 to score" in out.getvalue()
    assert "median of 3 |" in (tmp_path / "benchmarks.md").read_text()


def test_a_page_of_benchmarks_takes_its_own_place_and_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.md"
    for page in ("# One\n\nfirst\n", "# Two\n\n## Part\n", "# One\n\nsecond\n"):
        speed_report.put(path, page)
    assert path.read_text() == "# One\n\nsecond\n\n# Two\n\n## Part\n"
