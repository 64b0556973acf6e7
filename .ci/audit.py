"""Are there known vulnerabilities in what constraints.txt pins? Where nobody can tell, it says so and fails nothing.

pip-audit lives in an environment of its own: its dozen packages are no part of what the tests prove.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PIP_AUDIT = "pip-audit==2.10.1"
INSTALLING, AUDITING, ASKING = 120, 240, 10  # seconds; the last for one package
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="emotionduel-audit-") as folder:
        try:
            report = audit(Path(folder))
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            return say(f"no audit of dependencies: {type(error).__name__} while pip-audit was installed or asked")
    unknown = [each for each in report["dependencies"] if "vulns" not in each]
    found = [each for each in report["dependencies"] if each.get("vulns")]
    if len(unknown) == len(report["dependencies"]):
        return say("no audit of dependencies: the package index here tells nothing about vulnerabilities")
    for each in found:
        say(f"{each['name']} {each['version']}: {', '.join(one['id'] for one in each['vulns'])}")
    say(f"dependencies audited: {len(report['dependencies']) - len(unknown)}, vulnerable: {len(found)}")
    return 1 if found else 0


def audit(folder: Path) -> dict[str, Any]:
    python, report = folder / "venv/bin/python", folder / "report.json"
    run(INSTALLING, sys.executable, "-m", "venv", str(folder / "venv"))
    run(INSTALLING, str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PIP_AUDIT)
    asked = ["--requirement", str(ROOT / "constraints.txt"), "--no-deps", "--disable-pip", "--timeout", str(ASKING)]
    # It exits with 1 where it has found something.
    command = [str(python), "-m", "pip_audit", *asked, "--progress-spinner", "off"]
    run(AUDITING, *command, "--format", "json", "--output", str(report), check=False)
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def run(seconds: int, *command: str, check: bool = True) -> None:
    subprocess.run(command, check=check, timeout=seconds, capture_output=True, stdin=subprocess.DEVNULL)


def say(text: str) -> int:
    print(f"== {text}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
