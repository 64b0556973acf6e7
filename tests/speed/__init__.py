"""What the site costs, measured for docs/benchmarks.md by `manage.py bench_web`.

Each row is measured in a process of its own, `python -m tests.speed ROW JSON`, on a PostgreSQL and a Redis that are
there for it alone.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Row = dict[str, Any]


class SpeedError(Exception):
    """A row could not be measured; the message is what its process said last."""


def ask(row: str, database: str, redis: str, **given: Any) -> Row:
    with tempfile.TemporaryDirectory(prefix="emotionduel-speed-") as folder:
        own = {"DATABASE_URL": database, "REDIS_URL": redis, "DATA_DIR": folder, "ENV_FILE": os.devnull}
        own |= {"DJANGO_SETTINGS_MODULE": "emotionduel.settings", "TELEGRAM_BOT_TOKEN": "", "DEBUG": "0"}
        done = subprocess.run(
            [sys.executable, "-m", "tests.speed", row, json.dumps(given)],
            cwd=ROOT,
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise SpeedError(f"{row}: {said[-1]}")
    return dict(json.loads(done.stdout))


def percentile(values: Sequence[float], part: float = 0.95) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]
