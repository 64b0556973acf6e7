"""docs/experiments.md: figures come from runs, and what was not run has none."""

import re
from pathlib import Path
from typing import Any

import pytest

from scoring.lab import report
from scoring.lab.data import DataError
from scoring.readers import NETS

ROOT = Path(__file__).parents[2]
FOUND: dict[str, Any] = {
    "net": "cnn", "about": "the plain CNN", "changes": {}, "accuracy": 0.6123,
    "recall": {"neutral": 0.5, "happy": 0.875},
    "jury_accuracy": 0.7, "jury_recall": {"neutral": 0.6, "happy": 0.9}, "valence_error": 0.3, "arousal_error": 0.25,
    "valence_concordance": 0.8, "arousal_concordance": 0.7, "trained_on": 25000, "epochs": 9.0, "bytes": 450_000,
    "milliseconds": 2.4,
}  # fmt: skip


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "experiments.md"
    path.write_text(f"before\n{report.BEGIN}\n{report.END}\nafter\n")
    return path


def test_a_figure_stands_beside_the_published_one(page: Path, tmp_path: Path) -> None:
    report.add("cnn", FOUND, tmp_path, page)
    text = page.read_text()
    assert "| plain CNN, 7 classes, FER2013's label | 61.23% | 60.62% | 60.62% |" in text
    assert "| `cnn` | 25000 | 9.0 | 0.45 MB | 2.4 ms |" in text
    assert f"| `best`, FER2013's label | {report.NONE} |" in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")


def test_one_net_trained_anew_leaves_the_figures_of_the_others(page: Path, tmp_path: Path) -> None:
    report.add("cnn", FOUND, tmp_path, page)
    report.add("best", {**FOUND, "net": "best", "accuracy": 0.7}, tmp_path, page)
    report.add("cnn", {**FOUND, "accuracy": 0.625}, tmp_path, page)
    text = page.read_text()
    assert "62.50%" in text
    assert "70.00%" in text
    assert "61.23%" not in text


def test_writing_twice_changes_nothing(page: Path, tmp_path: Path) -> None:
    report.add("cnn", FOUND, tmp_path, page)
    once = page.read_text()
    report.write(page)
    assert page.read_text() == once


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("words")
    with pytest.raises(DataError, match="lacks the marks"):
        report.write(tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text() == "words"


def test_the_page_in_docs_is_what_its_runs_say(tmp_path: Path) -> None:
    """No figure is written by hand."""
    docs = ROOT / "docs"
    copy = tmp_path / "experiments.md"
    copy.write_bytes((docs / "experiments.md").read_bytes())
    if (docs / "experiments").is_dir():
        (tmp_path / "experiments").symlink_to(docs / "experiments")
    report.write(copy)
    assert copy.read_text() == (docs / "experiments.md").read_text()


def test_every_net_has_a_line_and_a_paragraph() -> None:
    assert {line.run for line in report.LINES} == set(NETS)
    text = (ROOT / "docs" / "experiments.md").read_text()
    assert set(re.findall(r"^\d\. .*?\(`(\w+)`\)", text, re.MULTILINE)) == set(NETS)
