"""Prompts are embedded once: by a child process that exits, and kept on disk by the judge's version."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from scoring import open_scorer
from scoring.clip import ModelError
from scoring.judge import Scorer
from scoring.tests import tiny

TEXTS = ["joy with closed eyes", "гнев", "anger with a smile"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    tiny.registered(folder)
    return tiny.written(folder / "tiny.safetensors")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def scorer(checkpoint: Path, cache: Path) -> Scorer:
    return open_scorer(tiny.NAME, str(checkpoint), cache_dir=str(cache))


@pytest.fixture(scope="module")
def vectors(scorer: Scorer) -> np.ndarray:
    return scorer.embed_prompts(TEXTS)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The child processes that are started; none of them runs."""
    started: list[Any] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        started.append(command)
        return subprocess.CompletedProcess(command, 1, b"", b"Traceback\nModelError: no text tower today\n")

    monkeypatch.setattr(subprocess, "run", run)
    return started


def test_a_child_embeds_as_open_clip_does(vectors: np.ndarray) -> None:
    import open_clip

    with torch.inference_mode():
        tokens = open_clip.get_tokenizer(tiny.NAME)(TEXTS)
        expected = tiny.built().encode_text(tokens, normalize=True).numpy()
    assert vectors == pytest.approx(expected, abs=1e-5)
    assert vectors.dtype == np.float32


def test_a_judge_that_starts_anew_finds_them_on_disk(
    vectors: np.ndarray, checkpoint: Path, cache: Path, children: list[Any]
) -> None:
    again = open_scorer(tiny.NAME, str(checkpoint), cache_dir=str(cache))
    assert (again.embed_prompts(TEXTS[::-1]) == vectors[::-1]).all()
    assert children == []


def test_another_version_embeds_them_anew(
    vectors: np.ndarray, cache: Path, tmp_path: Path, children: list[Any]
) -> None:
    other = tiny.written(tmp_path / "tiny.safetensors", seed=1)
    scorer = open_scorer(tiny.NAME, str(other), cache_dir=str(cache))
    with pytest.raises(ModelError, match="no text tower today"):
        scorer.embed_prompts(TEXTS[:1])
    assert len(children) == 1


def test_a_file_cut_off_by_a_full_disk_is_made_again(
    scorer: Scorer, vectors: np.ndarray, checkpoint: Path, cache: Path, children: list[Any]
) -> None:
    for file in (cache / "prompts" / scorer.version).iterdir():
        file.write_bytes(file.read_bytes()[:40])
    again = open_scorer(tiny.NAME, str(checkpoint), cache_dir=str(cache))
    with pytest.raises(ModelError):
        again.embed_prompts(TEXTS[:1])
    assert len(children) == 1


def test_known_prompts_start_no_child_and_none_need_none(
    scorer: Scorer, vectors: np.ndarray, children: list[Any]
) -> None:
    assert (scorer.embed_prompts(TEXTS) == vectors).all()
    assert scorer.embed_prompts([]).shape == (0, 16)
    assert children == []


def test_a_child_that_fails_says_so_in_one_line(checkpoint: Path, tmp_path: Path) -> None:
    path = tmp_path / "tiny.safetensors"
    path.write_bytes(checkpoint.read_bytes())
    scorer = open_scorer(tiny.NAME, str(path), cache_dir=str(tmp_path))
    path.write_bytes(b"")  # while the judge runs
    with pytest.raises(ModelError, match=r"text tower could not be used: .* not a file of weights"):
        scorer.embed_prompts(["joy"])


def test_the_shipped_judge_embeds_any_text_in_its_own_process(children: list[Any]) -> None:
    scorer = open_scorer()
    texts = ["joy", "", "\ud83d", "a " * 500, "😡", "joy\0"]
    rows = scorer.embed_prompts(texts)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-5)
    assert scorer.embed_prompts(["joy"])[0] == pytest.approx(rows[0], abs=1e-6)
    assert children == []


def test_the_child_is_a_module_that_python_can_run() -> None:
    done = subprocess.run([sys.executable, "-m", "scoring.prompts"], input=b"{", capture_output=True, check=False)
    assert done.returncode != 0
    assert b"JSON" in done.stderr
