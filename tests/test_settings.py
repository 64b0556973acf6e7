import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from emotionduel.environment import Environment, read_file
from emotionduel.secret import kept_secret, random_key
from scoring import open_scorer

ROOT = Path(__file__).resolve().parent.parent
SOURCE = (ROOT / "emotionduel" / "settings.py").read_text(encoding="utf-8")


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Reads the settings as a new process would, from these values alone."""

    def read(**values: str) -> SimpleNamespace:
        monkeypatch.setattr(os, "environ", {"ENV_FILE": os.devnull, "DATA_DIR": str(tmp_path / "data"), **values})
        found: dict[str, Any] = {"__file__": str(ROOT / "emotionduel" / "settings.py")}
        exec(compile(SOURCE, "settings.py", "exec"), found)  # noqa: S102
        return SimpleNamespace(**found)

    return read


def test_a_fresh_machine_needs_no_settings(fresh: Any, tmp_path: Path) -> None:
    found = fresh()
    assert (found.DEBUG, found.PORT, found.BASE_URL, found.SCORER, found.SCORER_THREADS) == (False, 8000, "", None, 1)
    assert found.DATABASES["default"]["NAME"] == tmp_path / "data" / "db.sqlite3"
    assert found.ALLOWED_HOSTS == ["localhost", "127.0.0.1", "[::1]"]


def test_empty_values_count_as_none(fresh: Any) -> None:
    found = fresh(PORT="", DEBUG=" ", SCORER="", DATABASE_URL="", SECRET_KEY="")
    assert (found.PORT, found.DEBUG, found.SCORER) == (8000, False, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80.0"),
        ("PORT", "٨٠"),
        ("BASE_URL", "duel.example.org"),
        ("BASE_URL", "https://duel.example.org/play"),
        ("BASE_URL", "https://user@duel.example.org"),
        ("BASE_URL", "ftp://duel.example.org"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://*"),
        ("DATA_DIR", "manage.py"),
        ("DATABASE_URL", "mysql://root@localhost/duels"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite://host/db.sqlite3"),
        ("DATABASE_URL", "postgres://localhost"),
        ("DATABASE_URL", "postgres://localhost/one/two"),
        ("DATABASE_URL", "postgres://localhost:http/duels"),
        ("DATABASE_URL", "postgres://localhost/duels?sslmode=require"),
        ("ENV_FILE", "no-such.env"),
        ("SCORER_PRECISION", "float8"),
        ("SCORER_THREADS", "0"),
        ("SCORER_THREADS", "two"),
    ],
)
def test_an_odd_value_is_named_with_its_cure(fresh: Any, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} is .*set it to"):
        fresh(**{name: value})


@pytest.mark.parametrize(
    "value", ["https://duel.example.org", "https://duel.example.org/", "http://duel.example.org:8080"]
)
def test_the_hosts_answered_are_ours_and_loopback(fresh: Any, value: str) -> None:
    found = fresh(BASE_URL=value)
    assert found.BASE_URL == value.rstrip("/")
    assert found.ALLOWED_HOSTS[-1] == "duel.example.org"


@pytest.mark.parametrize(
    ("url", "path"), [("sqlite:////srv/a b.db", Path("/srv/a b.db")), ("sqlite:///var/x.db", ROOT / "var/x.db")]
)
def test_a_database_url_names_its_file(fresh: Any, url: str, path: Path) -> None:
    assert fresh(DATABASE_URL=url).DATABASES["default"]["NAME"] == path


def test_a_database_url_names_its_server(fresh: Any) -> None:
    found = fresh(DATABASE_URL="postgres://duel:p%40ss@db.example.org:5433/duels").DATABASES["default"]
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example.org", "5433", "duels")
    assert (found["USER"], found["PASSWORD"], found["CONN_HEALTH_CHECKS"]) == ("duel", "p@ss", True)


def test_the_file_lies_beneath_the_environment(fresh: Any, tmp_path: Path) -> None:
    file = tmp_path / "my.env"
    file.write_text("PORT=1111\nSCORER_THREADS=3\n")
    found = fresh(ENV_FILE=str(file), PORT="2222")
    assert (found.PORT, found.SCORER_THREADS) == (2222, 3)


def test_the_file_takes_remarks_quotes_and_export(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# a remark\n\nA=1 # one\nexport B='two # 2' # so\nC=\"\"\nD=x#y\n  E = five \n")
    assert read_file(file) == {"A": "1", "B": "two # 2", "C": "", "D": "x#y", "E": "five"}


def test_a_line_that_says_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\nPORT 8000\n")
    with pytest.raises(ImproperlyConfigured, match="line 2"):
        read_file(tmp_path / ".env")


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers_otherwise(value: str) -> None:
    env = Environment({"X": value}, ROOT)
    for read in (lambda: env.whole("X", "1", 0, 9), lambda: env.flag("X", "0"), lambda: env.origin("X")):
        try:
            read()
        except ImproperlyConfigured as error:
            assert str(error).startswith("X is ")  # noqa: PT017


def test_the_secret_is_made_once_for_its_owner_alone(fresh: Any, tmp_path: Path) -> None:
    first, second = fresh().SECRET_KEY, fresh().SECRET_KEY
    file = tmp_path / "data" / "secret_key"
    assert first == second == file.read_text()
    assert len(first) >= 50
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == ["encryption_key", "secret_key"]


def test_a_key_for_photos_is_made_once_too(fresh: Any, tmp_path: Path) -> None:
    first, second = fresh().ENCRYPTION_KEYS, fresh().ENCRYPTION_KEYS
    assert first == second == [(tmp_path / "data" / "encryption_key").read_text()]
    assert (tmp_path / "data" / "encryption_key").stat().st_mode & 0o777 == 0o600


def test_several_keys_are_told_apart_by_commas(fresh: Any) -> None:
    one, other = random_key(), random_key()
    assert fresh(ENCRYPTION_KEYS=f"{one}, {other}").ENCRYPTION_KEYS == [one, other]
    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS") as error:
        fresh(ENCRYPTION_KEYS=f"{one},short")
    assert one not in str(error.value)


def test_two_first_starts_at_once_share_one_secret(tmp_path: Path) -> None:
    code = "import pathlib, sys, emotionduel.secret as s; print(s.kept_secret(pathlib.Path(sys.argv[1])))"
    start = [sys.executable, "-c", code, str(tmp_path / "secret_key")]
    racing = [subprocess.Popen(start, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(4)]
    answers = [process.communicate()[0] for process in racing]
    assert len(answers[0]) > 50
    assert len(set(answers)) == 1


def test_an_empty_secret_file_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    with pytest.raises(ImproperlyConfigured, match="empty"):
        kept_secret(tmp_path / "secret_key")


def test_the_environment_is_read_in_one_place() -> None:
    readers = re.compile(r"os\.(environ\b(?!\.setdefault)|getenv)")
    files = [path for folder in ("emotionduel", "accounts", "duels") for path in (ROOT / folder).rglob("*.py")]
    ours = [path for path in files if "tests" not in path.parts]
    found = [path.name for path in ours if readers.search(path.read_text(encoding="utf-8"))]
    assert found == ["environment.py"]


PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \| (?:`([^`]*)`)? ?\| \S", PAGE, re.MULTILINE))
PLACES = {"ENV_FILE", "DATA_DIR"}  # the test has others for them
READ = re.compile(r"""environ(?:\.get\(|\[)"(\w+)"|getenv\("(\w+)"|\{\$(\w+)|\$\{(\w+)""")


@pytest.mark.parametrize("name", sorted(name for name in ROWS if ROWS[name] and name not in PLACES))
def test_to_write_a_default_down_changes_nothing(fresh: Any, name: str) -> None:
    """So the page's own words are values that can be meant, and what is not set acts as they say."""
    assert told(fresh(**{name: ROWS[name]})) == told(fresh())


def test_a_judge_without_a_device_is_where_the_page_says() -> None:
    [said] = re.findall(r"^\| `SCORER_DEVICE` \| \| .* Unset: `(\w+)`", PAGE, re.MULTILINE)
    assert open_scorer(threads=1).device == said


def told(settings: SimpleNamespace) -> dict[str, str]:
    """Without where things lie in memory."""
    return {
        name: re.sub(r" at 0x\w+|object at \w+", "", str(value))
        for name, value in vars(settings).items()
        if name.isupper()
    }


def test_what_is_read_elsewhere_is_documented_too() -> None:
    folders = ("accounts", "deploy", "duels", "emotionduel", "scoring")
    files = [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix == ".py" or "proxy" in path.parts
    ]
    ours = [path for path in files if path.is_file() and "tests" not in path.parts]
    texts = [path.read_text(encoding="utf-8") for path in [*ours, ROOT / "compose.yaml"]]
    names = {name for text in texts for groups in READ.findall(text) for name in groups if name}
    assert {name for name in names if f"`{name}`" not in PAGE} - {"PYTHONPATH", "DJANGO_SETTINGS_MODULE"} == set()


def test_every_setting_is_documented_with_its_default(fresh: Any) -> None:
    assert ROWS == fresh().env.asked
