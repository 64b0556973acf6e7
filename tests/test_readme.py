"""Every command that README.md shows exists and takes what it is shown with, in both languages."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MANAGE = [".venv/bin/python", "manage.py"]


def blocks(name: str) -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))


def commands(tool: list[str]) -> list[list[str]]:
    lines = [line for language, text in blocks("README.md") if language == "sh" for line in text.splitlines()]
    words = [shlex.split(line, comments=True) for line in lines]
    return [each[len(tool) :] for each in words if each[: len(tool)] == tool]


def test_every_line_is_a_command_that_is_tested_here() -> None:
    shown = sum(text.count("\n") for language, text in blocks("README.md") if language == "sh")
    assert shown == len(commands(["make"])) + len(commands(MANAGE)) > 0


@pytest.mark.parametrize("words", commands(["make"]), ids=" ".join)
def test_make_knows_its_targets(words: list[str]) -> None:
    done = subprocess.run(["make", "--dry-run", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words", commands(MANAGE), ids=" ".join)
def test_manage_knows_its_commands_and_their_options(words: list[str]) -> None:
    name, *options = words
    assert name in get_commands()
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args([option.replace("...", "") for option in options])


def test_both_languages_show_the_same_blocks() -> None:
    assert blocks("README.ru.md") == blocks("README.md")


@pytest.mark.parametrize("page", ["README.md", "README.ru.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))])
def test_links_lead_to_files_that_are_here(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []
