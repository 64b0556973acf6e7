"""Many players at once in several processes, on either database."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emotionduel.secret import random_key
from tests import postgres

ROOT = Path(__file__).resolve().parent.parent.parent
PROCESSES = 4
PLAYERS = int(os.environ.get("CROWD") or 30)
STEPS = 120 + 5 * PLAYERS  # of each process

KEY = random_key()  # the same for all of them: what one seals, another reads

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/crowd.sqlite3"
    elif postgres.binaries() is None:
        pytest.skip(postgres.MISSING)
    else:
        with postgres.server() as url:
            yield url


def start(url: str, folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    settings = {"DATABASE_URL": url, "DATA_DIR": str(folder), "ENV_FILE": "", "DEBUG": "0", "ENCRYPTION_KEYS": KEY}
    with (folder / "said").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, stderr=said
        )


def test_a_crowd_breaks_nothing(database_url: str, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        process = start(database_url, tmp_path, *words)
        said, _ = process.communicate()
        assert process.returncode == 0, (tmp_path / "said").read_text()[-3000:]
        return said.decode()

    run("-m", "duels.tests.crowd", "people", str(PLAYERS))
    crowd = [
        start(database_url, tmp_path, "-m", "duels.tests.crowd", "play", str(STEPS), str(seed))
        for seed in range(PROCESSES)
    ]
    ends = [process.communicate() and process.returncode for process in crowd]
    said = (tmp_path / "said").read_text()
    assert ends == [0] * PROCESSES, said[-3000:]
    assert "Traceback" not in said, said[-3000:]  # pairing after a commit only logs what fails
    found = json.loads(run("-m", "duels.tests.crowd", "end"))
    assert found.pop("finished") > 20, found
    assert found.pop("duels") > 20
    assert found.pop("origins") == ["random", "room"]
    sizes = found.pop("sizes")
    assert min(sizes) == 2
    assert max(sizes) > 2  # chance decides whether three or four
    assert {name: count for name, count in found.items() if count} == {}
    workers = [start(database_url, tmp_path, "-m", "duels.tests.crowd", "claim") for _ in range(2)]
    claimed = [json.loads(worker.communicate()[0]) for worker in workers]
    once = [notice for mine in claimed for notice in mine]
    assert len(once) == len(set(once)) > 100  # no two workers got the same
