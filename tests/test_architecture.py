"""docs/architecture.md knows every module, and names nothing that is not there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
TREE = PAGE.split("## What lies where")[1].split("\n## ")[0]
# Each file of these stands on the page; of folders within them, the folder.
HOUSE = ("emotionduel", "accounts", "duels", "duels/telegram", "scoring")
DJANGOS = {"apps.py", "admin.py", "urls.py", "views.py"}  # as every Django project has them
# Where the drawings' names lie.
IN = ("duels", "duels/telegram")
CALLS = re.findall(r"\b([a-z]+)\.([a-z_]+)\b(?!\.)", "".join(re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)))


@pytest.mark.parametrize("folder", HOUSE)
def test_every_module_has_its_place_on_the_page(folder: str) -> None:
    files = [path.name for path in (ROOT / folder).glob("*.py") if path.stem[0] != "_" and path.name not in DJANGOS]
    folders = [f"{path.parent.name}/" for path in (ROOT / folder).glob("*/__init__.py")]
    inside = set(folders) - {"tests/", "migrations/", "templatetags/"}
    assert [name for name in [*files, *inside] if not re.search(rf"(?<![\w]){re.escape(name)}", TREE)] == []


def test_every_folder_of_the_tree_is_there_too() -> None:
    tops = re.findall(r"^    (\w+)/ ", TREE, re.MULTILINE)
    assert all((ROOT / name).is_dir() for name in tops)
    kept = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {
        "deploy",
        "docs",
        "locale",
        "static",
        "templates",
    }
    assert kept - set(tops) == set()


def test_files_that_are_named_are_there() -> None:
    known = {path.name for path in ROOT.glob("**/*.py") if ".venv" not in path.parts}
    assert [name for name in re.findall(r"\b\w+\.py\b", PAGE) if name not in known] == []


@pytest.mark.parametrize(("module", "name"), sorted(set(CALLS) - {("manage", "py")}))
def test_what_the_drawings_name_is_a_function_of_ours(module: str, name: str) -> None:
    paths = [ROOT / folder / f"{module}.py" for folder in IN if (ROOT / folder / f"{module}.py").exists()]
    defined = {
        node.name for path in paths for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)
    }
    assert name in defined
