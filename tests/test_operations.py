"""Every command in docs/operations.md is there, and takes what it is shown with."""

import re
import shlex
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from emotionduel.environment import KEY
from tests import postgres
from tests.deploy.files import compose, elsewhere, ours, services

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
WATCHED = ("Watch", "What each alarm means")  # those are tests/test_alarms.py's
OWN = "\n## ".join(part for part in PAGE.split("\n## ") if not part.startswith(WATCHED))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROFILES = {profile for service in services().values() for profile in service.get("profiles", [])}

# Of `docker compose`: the options of ours that each takes; with = those that want a value.
TAKES = {
    "build": set[str](),
    "up": {"--detach", "--wait", "--no-deps"},  # no --scale: the next `up` takes it back
    "run": {"--rm", "--no-deps"},
    "exec": {"-T"},
    "logs": {"--tail=", "--no-color", "--no-log-prefix"},
    "ps": set[str](),
    "stop": set[str](),
}


def shown(language: str, page: str = OWN) -> str:
    return "".join(text for found, text in BLOCK.findall(page) if found == language)


def lines(page: str = OWN) -> list[str]:
    """In blocks, and in tables between backticks."""
    inline = [
        line for line in re.findall(r"`([^`\n]+)`", BLOCK.sub("", page)) if re.match(r"docker |manage\.py ", line)
    ]
    return [*shown("sh", page).splitlines(), *inline]


def commands(*first: str, page: str = OWN) -> list[list[str]]:
    found = [shlex.split(re.split(r" [<>|] ", line.removesuffix("\\"))[0]) for line in lines(page)]
    return [words[len(first) :] for words in found if words[: len(first)] == list(first)]


def test_every_line_is_of_a_kind_that_is_tested_here() -> None:
    known = [*commands("docker", "compose"), *commands("manage.py"), *commands("make"), *commands("openssl")]
    assert len(lines()) == len(known) + len(commands("git", "pull"))


def taken(words: list[str], allowed: set[str]) -> list[str]:
    """What stands after the options."""
    while words and words[0].startswith("-"):
        name = words[0]
        assert name in allowed or f"{name}=" in allowed, name
        words = words[2:] if f"{name}=" in allowed else words[1:]
    return words


@pytest.mark.parametrize("words", commands("docker", "compose", page=PAGE), ids=" ".join)
def test_compose_knows_its_parts(words: list[str]) -> None:
    while words[0] == "--profile":
        assert words[1] in PROFILES
        words = words[2:]
    name, *options = words
    rest = taken(options, TAKES[name])
    parts, inside = (rest[:1], rest[1:]) if name in {"run", "exec"} else (rest, [])
    assert set(parts) <= set(services())
    if inside[:2] == ["python", "manage.py"]:
        manages(inside[2:])
    elif inside:
        asks_postgres(inside)


def test_prometheus_finds_the_web_processes_of_compose() -> None:
    [found] = yaml.safe_load(shown("yaml", PAGE))["dns_sd_configs"]
    [name] = found["names"]
    assert services()[name]["environment"]["PORT"] == str(found["port"])
    network = re.findall(r"--network (\w+)", PAGE)
    assert network == [f"{compose()['name']}_{other}" for other in services()[name]["networks"] if other == "outer"]
    assert compose()["networks"]["outer"] is None, "made by compose, which puts its own name before it"
    assert re.search(r'"\$PWD/(\S+):/etc/prometheus:ro"', PAGE)[1] == "deploy/prometheus"  # type: ignore[index]


@pytest.mark.parametrize("words", commands("manage.py"), ids=" ".join)
def test_manage_knows_its_commands(words: list[str]) -> None:
    manages(words)


def manages(words: list[str]) -> None:
    name, *options = words
    assert name in get_commands(), name
    load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(options)


def asks_postgres(words: list[str]) -> None:
    """By the words of the machine's own programs, where they are."""
    home = postgres.binaries()
    program = shutil.which(words[0]) or (home and shutil.which(words[0], path=str(home)))
    assert words[0] in {"pg_dump", "pg_restore", "psql", "dropdb", "createdb"}
    if program:
        said = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
        assert all(word in said for word in words if word.startswith("--"))


@pytest.mark.parametrize("words", commands("make"), ids=" ".join)
def test_make_knows_its_targets(words: list[str]) -> None:
    done = subprocess.run(["make", "--dry-run", *words], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_secrets_that_are_made_there_are_ones() -> None:
    lines = [line for line in shown("sh").splitlines() if line.startswith("openssl")]
    made = [subprocess.run(line, shell=True, capture_output=True, text=True, check=True).stdout for line in lines]  # noqa: S602
    secret, key, password = (text.strip() for text in made)
    assert len(secret) >= 32
    assert KEY.fullmatch(key)
    assert re.fullmatch(r"[0-9a-f]+", password), "it stands in an address"


def test_the_env_file_that_is_shown_holds_settings() -> None:
    names = re.findall(r"^([A-Z_]+)=", shown("ini"), re.MULTILINE)
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert set(names) - set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) <= elsewhere()


def section(name: str) -> list[list[str]]:
    """Its lines that ask compose, a word each."""
    part = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    return [shlex.split(line)[2:] for line in part.splitlines() if line.startswith("docker compose ")]


def test_an_upgrade_forgets_no_part() -> None:
    renewed = {word for words in section("Upgrade") if words[0] == "up" for word in words if word in services()}
    assert renewed == {*ours(), "proxy"} - {"migrate"}


def test_nothing_else_runs_while_a_backup_is_restored() -> None:
    """`stop` without names is of all whose profile is asked for; and what comes back before the end is the database."""
    lines = section("Back up and restore")
    [stop] = [words for words in lines if words[-1] == "stop"]
    assert {name for option, name in pairwise(stop) if option == "--profile"} == PROFILES
    begun = [words for words in lines[lines.index(stop) :] if words[0] == "up"]
    assert begun == [["up", "--detach", "--wait", "--no-deps", "postgres"], ["up", "--detach"]]


@pytest.mark.parametrize("address", re.findall(r"`(/admin/[\w/]+/)`", OWN))
def test_pages_of_the_admin_are_there(address: str) -> None:
    assert resolve(address).url_name
