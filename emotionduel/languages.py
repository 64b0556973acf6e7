"""The languages that players can choose: English, in which the source is written, and each that has a .po file."""

import os
from pathlib import Path

from django.conf.locale import LANG_INFO

CATALOGUE = "LC_MESSAGES/django.po"


def languages(folder: Path) -> list[tuple[str, str]]:
    codes = sorted(path.parent.parent.name for path in folder.glob(f"*/{CATALOGUE}"))
    return [(code, own_name(code)) for code in ["en", *(code.replace("_", "-").lower() for code in codes)]]


def own_name(code: str) -> str:
    name: str = LANG_INFO.get(code, {}).get("name_local", code)
    return name[:1].upper() + name[1:]


def compile_catalogues(folder: Path) -> list[Path]:
    """Those that changed. In Python: not every machine has the gettext tools."""
    import polib  # here: every process reads this file for its settings

    sources = sorted(folder.glob(f"*/{CATALOGUE}"))
    stale = [path for path in sources if not fresh(path)]
    for path in stale:
        # Whole or not at all: another process may read it at this moment.
        draft = path.with_suffix(f".{os.getpid()}.draft")
        polib.pofile(str(path)).save_as_mofile(str(draft))
        draft.replace(path.with_suffix(".mo"))
    return stale


def fresh(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime
