from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests import postgres, redis
from tests.speed import percentile


@pytest.mark.slow
@pytest.mark.skipif(postgres.binaries() is None or redis.program() is None, reason="PostgreSQL or Redis is missing")
def test_a_small_run_measures_every_row_and_loses_nothing(tmp_path: Path) -> None:
    out, path = StringIO(), tmp_path / "benchmarks.md"
    call_command("bench_web", players=20_000, watching=25, verdicts=2, output=path, remark="a trial", stdout=out)
    page = path.read_text()
    assert "- a trial\n" in page
    assert "2 verdicts before 25 spectators on one web process: missed | 0 | 0 | yes |" in page
    assert '"my place", 20,000 players' in page


def test_long_boards_are_to_be_long() -> None:
    with pytest.raises(CommandError, match="more than 10000"):
        call_command("bench_web", players=5)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([float(value) for value in range(100, 0, -1)]) == 96
    assert percentile([3.0]) == 3.0
