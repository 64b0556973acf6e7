"""Every text in every language that is there; a new one needs a .po file and nothing else."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from duels.prompts import shipped
from emotionduel.languages import compile_catalogues, languages

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po"))
MARKED = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
IN_TEMPLATES = re.compile(r'\{% ?(?:translate|trans) "((?:[^"\\]|\\.)*)"')
FIELD = re.compile(r"%\(\w+\)[+\d]*[sd]")
TAG = re.compile(r"</?\w+>")


def sources() -> set[str]:
    folders = [ROOT / name for name in ("accounts", "duels", "emotionduel")]
    files = [path for folder in folders for path in folder.rglob("*.py") if "tests" not in path.parts]
    found = {text for path in files for text in marked(path)}
    pages = [path.read_text(encoding="utf-8") for path in ROOT.glob("templates/**/*.html")]
    return found | {text for page in pages for text in IN_TEMPLATES.findall(page)}


def marked(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKED:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_russian_is_there() -> None:
    assert [path.parent.parent.name for path in CATALOGUES] == ["ru"]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_nothing_is_left_untranslated(path: Path) -> None:
    entries, wanted = polib.pofile(str(path)), sources()
    assert wanted - {entry.msgid for entry in entries} == set(), "run `manage.py makemessages -a --no-location`"
    assert [entry.msgid for entry in entries if not entry.translated()] == []
    known = wanted | {prompt["en"] for prompt in shipped()}
    assert [entry.msgid for entry in entries if entry.obsolete or entry.msgid not in known] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_translations_keep_fields_and_tags(path: Path) -> None:
    def skeleton(text: str) -> tuple[list[str], list[str]]:
        return sorted(FIELD.findall(text)), sorted(TAG.findall(text))

    entries = polib.pofile(str(path))
    pairs = [(entry.msgid, text) for entry in entries for text in [entry.msgstr, *entry.msgstr_plural.values()] if text]
    assert [pair for pair in pairs if skeleton(pair[0]) != skeleton(pair[1])] == []


def test_a_third_language_needs_its_po_file_alone(tmp_path: Path) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "You"\nmsgstr "Du"\n'
    )
    assert languages(tmp_path) == [("en", "English"), ("de", "Deutsch")]
    assert len(compile_catalogues(tmp_path)) == 1
    assert compile_catalogues(tmp_path) == []
    with (folder / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("You") == "Du"
