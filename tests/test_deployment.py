"""What a deployment's own check says of a site set up as docs/configuration.md tells."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_a_deployment_is_checked_without_a_warning(tmp_path: Path) -> None:
    mine = {"ENV_FILE": os.devnull, "DATA_DIR": str(tmp_path), "BASE_URL": "https://duel.example.org", "DEBUG": "0"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=kept | mine, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, "(1 silenced)" in done.stdout) == (0, True), done.stderr


def test_an_audit_tells_known_from_unknown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    audit = runpy.run_path(str(ROOT / ".ci" / "audit.py"))
    sound, weak = {"name": "a", "version": "1", "vulns": []}, {"name": "b", "version": "2", "vulns": [{"id": "CVE-1"}]}
    skipped = {"name": "c", "skip_reason": "not found"}
    for found, code, words in (
        ([sound, skipped], 0, "audited: 1, vulnerable: 0"),
        ([sound, weak], 1, "b 2: CVE-1"),
        ([skipped], 0, "tells nothing"),
    ):
        monkeypatch.setitem(audit["main"].__globals__, "audit", lambda folder, found=found: {"dependencies": found})
        assert audit["main"]() == code
        assert words in capsys.readouterr().out


def test_an_audit_that_cannot_be_had_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    audit = runpy.run_path(str(ROOT / ".ci" / "audit.py"))

    def slow(*command: object, **more: object) -> None:
        raise subprocess.TimeoutExpired("pip", 1)

    monkeypatch.setitem(audit["main"].__globals__, "run", slow)
    assert audit["main"]() == 0
    assert "no audit of dependencies: TimeoutExpired" in capsys.readouterr().out
