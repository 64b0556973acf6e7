"""What the Dockerfile, .dockerignore and compose.yaml say. No Docker is needed to read them."""

import re
import shlex
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]


class Step(NamedTuple):
    stage: int  # from 0; each FROM begins one
    name: str
    text: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text)


def dockerfile() -> list[Step]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    lines = [line for line in re.sub(r"\\\n\s*", "", bare).splitlines() if line.strip()]
    steps, stage = [], -1
    for line in lines:
        name, _, rest = line.partition(" ")
        stage += name == "FROM"
        steps.append(Step(stage, name, rest))
    return steps


def steps(name: str, stage: int | None = None) -> list[Step]:
    return [step for step in dockerfile() if step.name == name and stage in (None, step.stage)]


@cache
def ignoring() -> tuple[str, ...]:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def ignored(path: Path) -> bool:
    """Of the patterns that are used there: `name`, `*`, `**/name`, each with `!` before it. The last one counts."""
    found = False
    for line in ignoring():
        pattern = line.removeprefix("!")
        everywhere = pattern.removeprefix("**/")
        parts = path.parts if everywhere != pattern else path.parts[:1]
        if any(fnmatchcase(part, everywhere) for part in parts):
            found = not line.startswith("!")
    return found


def context() -> Iterator[Path]:
    """The files that `docker build .` is given, relative to the tree."""
    for top in sorted(ROOT.iterdir()):
        files = [path for path in top.rglob("*") if path.is_file()] if named(top) and top.is_dir() else [top]
        yield from (path for path in (file.relative_to(ROOT) for file in files) if not ignored(path))


def named(top: Path) -> bool:
    return f"!{top.name}" in ignoring()


@cache
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def ours() -> dict[str, dict[str, Any]]:
    """Those that run our image."""
    return {name: each for name, each in services().items() if each["image"].startswith("emotionduel:")}


def copies(service: dict[str, Any]) -> int:
    """As many as there are where `.env` says nothing of them."""
    found = str(service.get("deploy", {}).get("replicas", 1))
    return int(re.sub(r"\$\{\w+:-(\d+)\}", r"\1", found))


def elsewhere() -> set[str]:
    """What compose reads of `.env` for itself, by docs/configuration.md."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    heads = re.findall(r"^- ([^:]*): in `\.env`", page, re.MULTILINE)
    return {name for head in heads for name in re.findall(r"`([A-Z_]+)`", head)}


def counts() -> dict[str, int]:
    """By name, how many run where `.env` says nothing, as docs/configuration.md has it."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    [line] = [line for line in page.splitlines() if "`JUDGES`" in line and line.startswith("- ")]
    return {name: int(number) for name, number in re.findall(r"`([A-Z_]+)` \(`(\d+)`\)", line)}


def procfile() -> dict[str, list[str]]:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    pairs = [line.split(": ", 1) for line in lines if line]
    return {name: shlex.split(command.removeprefix("exec ")) for name, command in pairs}
