"""The tables of docs/experiments.md, written from what each training measured. What was not run has no figure.

The figures themselves lie beside the page, one file for each run, so that the page can be written anew where only one
net was trained.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.lab.data import DataError
from scoring.readers import NETS

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
NONE = "–"
Found = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Line:
    what: str
    run: str
    key: str  # a path of keys in the run's figures, joined by dots
    published: str = NONE
    asked: str = NONE


LINES = (
    Line("plain CNN, 7 classes, FER2013's label", "cnn", "accuracy", "60.62%", "60.62%"),
    Line("CatBoost on pixels", "boosting", "pixels.accuracy", "42.4%", "42.4%"),
    Line("the same, on its own 15% kept aside", "boosting", "pixels.aside"),
    Line("CatBoost on HOG and the small CLIP's face vector", "boosting", "accuracy", NONE, "60%"),
    Line("regularised CNN, 6 classes, FER2013's label", "cnn6", "accuracy"),
    Line("`best`, FER2013's label", "best", "accuracy", "67% small nets, 73-74% single models of any size", "69%"),
    Line("`best`, the jurors' majority", "best", "jury_accuracy", NONE, "82%"),
    Line("valence and arousal, nearest emotion, the jurors' majority", "affect", "jury_accuracy"),
    Line("plain CNN, the jurors' majority", "cnn", "jury_accuracy"),
)
AXES = ("valence_error", "valence_concordance", "arousal_error", "arousal_concordance")
PICTURES = ("curves.png", "confusion.png", "confusion_jury.png", "plane.png")


def add(name: str, figures: dict[str, Any], folder: Path, page: Path) -> None:
    """Keeps a run's figures, and of what ships the pictures too: curves, tables and points, never a face."""
    beside = page.parent / page.stem
    beside.mkdir(parents=True, exist_ok=True)
    (beside / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    for picture in PICTURES if name in NETS else ():
        if (folder / picture).is_file():
            shutil.copyfile(folder / picture, beside / f"{name}-{picture}")
    write(page)


def check(page: Path) -> tuple[str, str]:
    """What stands before and after the tables, if the page says where they go."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise DataError(f"{page} lacks the marks {BEGIN} and {END}: the figures go between them.")
    return before, after


def write(page: Path) -> None:
    """Puts the tables between the page's two marks."""
    before, after = check(page)
    beside = page.parent / page.stem
    found = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(beside.glob("*.json"))}
    shipped = {name: found[name] for name in NETS if name in found}
    trials = {name: each for name, each in found.items() if name not in NETS}
    parts = [_figures(shipped), _per_emotion(shipped), _axes(shipped), _cost(shipped), _trials(trials)]
    parts.append(_pictures(shipped, beside))
    page.write_text(before + BEGIN + "\n\n" + "\n\n".join(filter(None, parts)) + "\n\n" + END + after, encoding="utf-8")


def _value(found: Found, run: str, key: str) -> Any:
    value: Any = found.get(run, {})
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _percent(value: Any) -> str:
    return NONE if value is None else f"{100 * value:.2f}%"


def _table(header: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    lines = ["| " + " | ".join(cells) + " |" for cells in [header, ["---"] * len(header), *rows]]
    return "\n".join(lines)


def _figures(found: Found) -> str:
    rows = [[line.what, _percent(_value(found, line.run, line.key)), line.published, line.asked] for line in LINES]
    return _table(["accuracy on the validation part", "here", "published", "asked"], rows)


def _per_emotion(found: Found) -> str:
    columns = [(run, key) for run in found for key in ("recall", "jury_recall") if _value(found, run, key)]
    if not columns:
        return ""
    names = list(_value(found, *columns[0]))
    header = ["found of each emotion", *(f"`{run}`{', jury' if key == 'jury_recall' else ''}" for run, key in columns)]
    return _table(header, [[name, *(f"{100 * _value(found, *c)[name]:.0f}%" for c in columns)] for name in names])


def _axes(found: Found) -> str:
    there = [run for run in found if _value(found, run, AXES[0]) is not None]
    header = ["against the votes' place on the plane", *(name.replace("_", ", ") for name in AXES)]
    return _table(header, [[f"`{run}`", *(f"{_value(found, run, name):.3f}" for name in AXES)] for run in there])


def _cost(found: Found) -> str:
    rows = [
        [
            f"`{run}`",
            str(each["trained_on"]),
            str(each["epochs"]),
            f"{each['bytes'] / 1e6:.2f} MB",
            f"{each['milliseconds']} ms",
        ]
        for run, each in found.items()
    ]
    return _table(["net", "pictures trained on", "epochs or trees", "file", "a face, one core"], rows)


def _trials(found: Found) -> str:
    rows = [
        [
            f"`{run}`",
            each["net"],
            ", ".join(f"{key} {value}" for key, value in each["changes"].items())
            + (", from scratch" * ("scratch" in each)),
            str(each["trained_on"]),
            _percent(each.get("accuracy")),
            _percent(each.get("jury_accuracy")),
        ]
        for run, each in found.items()
    ]
    return _table(["trial", "net", "what was changed", "pictures", "FER2013's label", "the jurors' majority"], rows)


def _pictures(found: Found, beside: Path) -> str:
    lines = []
    for run in found:
        there = [name for name in PICTURES if (beside / f"{run}-{name}").is_file()]
        links = ", ".join(f"[{Path(name).stem.replace('_', ' by ')}]({beside.name}/{run}-{name})" for name in there)
        lines += [f"- `{run}`: {links}"] if links else []
    return "\n".join(lines)
