"""Typed readers of the environment: a value that cannot be meant stops everything, naming the variable and the cure."""

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

LINE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)")
HOST = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]"
KEY = re.compile(r"[A-Za-z0-9_-]{43}=")  # 32 bytes in urlsafe base64
BEARER = re.compile(r"[A-Za-z0-9._~+/=-]{16,}")
DSN = re.compile(rf"https?://\w+(?::\w+)?@(?:{HOST})(?::[0-9]{{1,5}})?/(?:[\w./-]*/)?[0-9]+", re.IGNORECASE)
ORIGIN = re.compile(rf"https?://(?:{HOST})(?::[0-9]{{1,5}})?", re.IGNORECASE)


class Environment:
    def __init__(self, values: Mapping[str, str], base: Path) -> None:
        self.values = values
        self.base = base
        self.asked: dict[str, str] = {}

    @classmethod
    def of_process(cls, base: Path) -> "Environment":
        """The process environment, and beneath it the file that ENV_FILE names."""
        process = cls(os.environ, base)
        path = process.path("ENV_FILE", ".env")
        if os.environ.get("ENV_FILE") and not path.exists():
            raise odd("ENV_FILE", str(path), "a file that exists")
        process.values = {**read_file(path), **os.environ}
        return process

    def text(self, name: str, default: str = "") -> str:
        self.asked[name] = default
        return self.values.get(name, "").strip() or default

    def flag(self, name: str, default: str) -> bool:
        value = self.text(name, default).lower()
        if value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
            raise odd(name, value, "1 or 0")
        return value in {"1", "true", "yes", "on"}

    def whole(self, name: str, default: str, least: int, most: int) -> int:
        value = self.text(name, default)
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise odd(name, value, f"a whole number from {least} to {most}")
        return int(value)

    def one_of(self, name: str, allowed: Collection[str], default: str = "") -> str | None:
        value = self.text(name, default)
        if value and value not in allowed:
            raise odd(name, value, " or ".join(allowed))
        return value or None

    def path(self, name: str, default: str) -> Path:
        return self.base / Path(self.text(name, default)).expanduser()

    def folder(self, name: str, default: str) -> Path:
        """Made where absent: everything that we keep lies in one."""
        path = self.path(name, default)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise odd(name, str(path), "a folder that can be made and written") from error
        return path

    def origin(self, name: str) -> str:
        """The scheme, host and port under which browsers reach us, without a slash at its end."""
        value = self.text(name).rstrip("/")
        if value and not ORIGIN.fullmatch(value):
            raise odd(name, value, "something like https://duel.example.org, without a path")
        return value

    def bearer(self, name: str) -> str:
        """What a program shows to be let in."""
        value = self.text(name)
        if value and not BEARER.fullmatch(value):
            raise odd(name, "...", "16 or more of A-Za-z0-9._~+/=-, or leave it empty")
        return value

    def dsn(self, name: str) -> str:
        """Where errors are sent. What it says is a secret of a sort."""
        value = self.text(name)
        if value and not DSN.fullmatch(value):
            raise odd(name, "...", "something like https://key@errors.example.org/1")
        return value

    def keys(self, name: str) -> list[str]:
        """Several, separated by commas; none where it is empty."""
        found = [each.strip() for each in self.text(name).split(",") if each.strip()]
        if not all(map(KEY.fullmatch, found)):
            raise odd(name, "...", "keys of 32 bytes in urlsafe base64, separated by commas")
        return found


def odd(name: str, value: str, meant: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {value!r}: set it to {meant}, in the environment or in .env")


def read_file(path: Path) -> dict[str, str]:
    values = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else [], start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = LINE.fullmatch(line.strip())
        if not found:
            raise ImproperlyConfigured(f"{path}, line {number}: write NAME=value, or # and a remark")
        values[found[1]] = unquoted(found[2])
    return values


def unquoted(value: str) -> str:
    quoted = re.fullmatch(r"""(["'])(.*?)\1(?:\s+#.*)?""", value)
    return quoted[2] if quoted else re.sub(r"\s+#.*$", "", value)
