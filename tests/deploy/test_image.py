"""The Dockerfile, held to what can be known of it without Docker. test_read_only.py runs what it makes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.files import ROOT, context, dockerfile, ignored, steps

LAST = dockerfile()[-1].stage
BIN = Path(sys.executable).parent


def test_a_linter_finds_nothing() -> None:
    done = subprocess.run([BIN / "hadolint", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_copied_is_there_and_not_ignored() -> None:
    wanted = [word for step in steps("COPY") if "--from" not in step.text for word in step.words[:-1]]
    assert "requirements.txt" in wanted
    for path in map(Path, wanted):
        assert (ROOT / path).exists(), path
        assert path == Path() or not ignored(path), path


def test_what_is_copied_from_a_stage_is_named_there() -> None:
    names = [step.words[2] for step in steps("FROM") if "AS" in step.words]
    assert {re.search(r"--from=(\S+)", step.text)[1] for step in steps("COPY", LAST)} == set(names)  # type: ignore[index]


@pytest.mark.parametrize(
    "path",
    [
        *(".env", ".git/config", ".venv/pyvenv.cfg", "var/secret_key", "var/db.sqlite3", "tests/settings.py"),
        *("duels/.env", "duels/.env.local", "duels/tests/world.py", "locale/ru/LC_MESSAGES/django.mo", "docs/chaos.md"),
        *("accounts/__pycache__/models.cpython-311.pyc", "requirements-dev.txt", "runs/1/weights.pt"),
    ],
)
def test_neither_secrets_nor_what_only_a_clone_needs_comes_in(path: str) -> None:
    assert ignored(Path(path))


@pytest.mark.parametrize(
    "path",
    [
        *("manage.py", "duels/play.py", "scoring/weights/EmotionDuel-S.safetensors", "locale/ru/LC_MESSAGES/django.po"),
        *(
            "static/css/site.css",
            "templates/base.html",
            "constraints.txt",
            "deploy/alive.py",
            "duels/fixtures/prompts.json",
        ),
    ],
)
def test_what_the_site_runs_on_does(path: str) -> None:
    assert not ignored(Path(path))
    assert Path(path) in set(context())


def test_bases_are_pinned_and_the_same() -> None:
    bases = {step.words[0] for step in steps("FROM")}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", bases.pop())


def test_it_runs_as_nobody_in_particular() -> None:
    made = next(step.text for step in steps("RUN", LAST) if "useradd" in step.text)
    uid = re.search(r"--uid (\d+)", made)
    assert uid
    assert [step.text for step in steps("USER", LAST)] == [f"{uid[1]}:{uid[1]}"]
    order = [step.name for step in dockerfile() if step.stage == LAST]
    assert order.index("USER") > max(place for place, name in enumerate(order) if name in {"RUN", "COPY"})


def test_everything_installed_is_held_by_the_constraints() -> None:
    """By hand for torch, whose index may be another one; requirements files name them by themselves."""
    runs = " ".join(step.text for step in steps("RUN"))
    for command in re.findall(r"pip install ([^&]*)", runs):
        files = re.findall(r"--requirement \"?([^\s\"]+)", command)
        assert "--constraint constraints.txt" in command or files
        named = [path for name in files for path in ROOT.glob(name.replace("$extra", "*"))]
        assert all("-c constraints.txt" in path.read_text() for path in named)


def test_it_writes_in_volumes_and_memory_alone() -> None:
    environment = dict(word.split("=", 1) for step in steps("ENV", LAST) for word in step.words)
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
    volumes = set(re.findall(r'"(/\w+)"', next(step.text for step in steps("VOLUME", LAST))))
    for name in ("HOME", "DATA_DIR", "XDG_CACHE_HOME", "HF_HOME", "TORCH_HOME"):
        assert environment[name] in {*volumes, "/tmp"}  # noqa: S108
