"""Who may import whom. Every import is read, those inside functions too; docs/architecture.md tells the rules."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ("emotionduel", "accounts", "duels", "scoring")
TORCH = {"torch", "torchvision", "open_clip", "timm", "facenet_pytorch", "safetensors.torch", "transformers"}

# Within duels each may import from its own layer and those below it.
LAYERS = (
    {"models", "migrations", "rules", "queries", "notices", "prompts", "refusals", "wake", "turns", "tallies"}
    | {"stopping", "public", "cursors", "ids", "words", "boards"},
    {"lobby", "search", "rooms", "seats", "play", "deadlines", "ending", "replay", "restoring", "measuring"}
    | {
        "suggestions",
        "figures",
        "landmarks",
        "strip",
        "live",
        "appearance",
        "naming",
        "spectators",
        "moderation",
        "cases",
        "calling_off",
        "playback",
        "fairplay",
        "offensive",
        "erasure",
        "retention",
        "privacy",
        "mydata",
        "training",
        "exporting",
        "cards",
        "arena",
        "mirror",
    },
    {"views", "urls", "sockets", "api", "admin", "jobs", "reconcile", "apps", "telegram", "management", "workers"}
    | {"templatetags", "watch", "doctor"},
)


class Import(NamedTuple):
    name: str
    lazy: bool  # inside a function, or for the type checker alone

    def __str__(self) -> str:
        return self.name

    def of(self, *packages: str) -> bool:
        return any(self.name == package or self.name.startswith(package + ".") for package in packages)


@cache
def imports(module: str) -> tuple[Import, ...]:
    path = file_of(module)
    return tuple(imports_of(path.read_text(encoding="utf-8"), module, path.name == "__init__.py")) if path else ()


def imports_of(source: str, module: str, is_package: bool = False) -> Iterator[Import]:
    package = module if is_package else module.rpartition(".")[0]
    for node, lazy in walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*above, *filter(None, [node.module])])
            yield from (Import(f"{start}.{alias.name}", lazy) for alias in node.names)


def walk(node: ast.AST, lazy: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        inner = lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing_only = isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")
        yield child, inner
        yield from walk(child, inner or typing_only)


def file_of(name: str) -> Path | None:
    path = ROOT.joinpath(*name.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


@cache
def modules(package: str) -> tuple[str, ...]:
    """The modules of a package that is part of the site: its tests may import what they like."""
    parts = (path.relative_to(ROOT).with_suffix("").parts for path in sorted(ROOT.joinpath(package).rglob("*.py")))
    return tuple(".".join(part for part in each if part != "__init__") for each in parts if "tests" not in each)


def found(package: str, *forbidden: str, but: tuple[str, ...] = ()) -> list[str]:
    inside = [module for module in modules(package) if not Import(module, lazy=False).of(*but)]
    return [f"{module} imports {each}" for module in inside for each in imports(module) if each.of(*forbidden)]


def test_the_judge_knows_neither_players_nor_duels() -> None:
    assert found("scoring", "accounts", "duels", "emotionduel", "telebot") == []


def test_the_judge_meets_django_in_its_commands_alone() -> None:
    outside = [line for line in found("scoring", "django") if not line.startswith("scoring.management.")]
    assert outside == []


def test_players_know_nothing_of_duels() -> None:
    assert found("accounts", "duels") == []


def test_rules_need_the_standard_library_and_openskill_alone() -> None:
    allowed = {*sys.stdlib_module_names, "openskill"}
    strange = [
        f"{module} imports {each}"
        for module in modules("duels/rules")
        for each in imports(module)
        if each.name.split(".")[0] not in allowed and not each.of("duels.rules")
    ]
    assert strange == []


@pytest.mark.parametrize("package", HOUSE)
def test_only_the_bots_folder_imports_telebot(package: str) -> None:
    assert found(package, "telebot", but=("duels.telegram",)) == []


def layer(module: str) -> int:
    part = module.split(".")[1] if "." in module else "models"
    number = next((number for number, layer in enumerate(LAYERS) if part in layer), None)
    assert number is not None, f"give duels/{part} a place in LAYERS (and in docs/architecture.md)"
    return number


def test_within_duels_no_import_points_back() -> None:
    upward = [
        f"{module} imports {each}"
        for module in modules("duels")
        for each in imports(module)
        if each.of("duels") and each.name != "duels" and layer(each.name) > layer(module)
    ]
    assert upward == []


def reached_at_once(module: str) -> Iterator[tuple[str, Import]]:
    """Every import that importing this module carries out, as (who, what)."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        waiting += [here.rpartition(".")[0]] if "." in here else []  # a package's __init__ runs first
        for each in imports(here):
            if not each.lazy:
                yield here, each
                waiting += [name for name in (each.name, each.name.rpartition(".")[0]) if file_of(name)]


@pytest.mark.parametrize("package", HOUSE)
def test_torch_comes_late(package: str) -> None:
    """Web, telegram and reconcile processes import all of these, but of scoring its door alone."""
    starts = ["scoring"] if package == "scoring" else modules(package)
    early = {f"{who} imports {what}" for start in starts for who, what in reached_at_once(start) if what.of(*TORCH)}
    assert early == set()


@pytest.mark.parametrize(
    "first",
    [
        "import scoring",
        "import emotionduel.settings",
        "from emotionduel.asgi import application; import emotionduel.urls",
    ],
)
def test_a_process_that_judges_nothing_never_loads_torch(first: str) -> None:
    code = f"{first}\nimport sys; print([name for name in ('torch', 'open_clip', 'cv2') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


def test_the_reader_of_imports_sees_every_kind() -> None:
    source = """
import a.b
from c import d
from . import e
from .f import g
from ..h import i
if TYPE_CHECKING:
    import j
try:
    import k
except ImportError:
    pass
def late():
    import l
class Now:
    import m
"""
    seen = {each.name: each.lazy for each in imports_of(source, "duels.rules.rating")}
    late = {"j", "l"}
    assert seen == {
        name: name in late
        for name in ("a.b", "c.d", "duels.rules.e", "duels.rules.f.g", "duels.h.i", "j", "k", "l", "m")
    }
    assert [each.name for each in imports_of("from .x import y", "duels.rules", is_package=True)] == ["duels.rules.x.y"]
