"""Captions: what people might type, and which concept each asks for.

Words and phrases lie in `captions/*.tsv`; a small grammar puts them into sentences and joins them. The exam's
prompts, and every wording that holds one of the exam's reserved words, are left out: those measure what the text
tower understands unseen.
"""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from scoring import EMOTIONS
from scoring.lab.concepts import DENIED, SHAPES, concept_of
from scoring.lab.data import VOTES

FOLDER = Path(__file__).parent / "captions"
EXAM = Path(__file__).parent / "exam.tsv"


@dataclass(frozen=True)
class ExamQuestion:
    group: str
    target: str
    key: str
    text: str


@cache
def exam() -> tuple[ExamQuestion, ...]:
    return tuple(ExamQuestion(*row) for row in _rows(EXAM))


def normal(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower()).split())


@cache
def _reserved() -> tuple[frozenset[str], re.Pattern[str]]:
    prompts = frozenset(normal(q.text) for q in exam() if q.group in ("paraphrase", "unseen"))
    keys = sorted({normal(q.key) for q in exam() if q.group == "unseen"})
    return prompts, re.compile(r"\b(?:" + "|".join(map(re.escape, keys)) + ")")


def allowed(text: str) -> bool:
    """Neither a prompt of the exam nor a text with one of its reserved words."""
    return normal(text) not in _reserved()[0] and not _has_reserved(text)


def _has_reserved(text: str) -> bool:
    return _reserved()[1].search(normal(text)) is not None


def _rows(path: Path) -> Iterable[list[str]]:
    return (line.split("\t") for line in path.read_text().splitlines() if line)


@dataclass
class Wordbook:
    emotions: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    shapes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    blends: list[tuple[str, str, str]] = field(default_factory=list)
    plain: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # the simplest words, drawn most often
    frames: dict[str, list[str]] = field(default_factory=dict)
    joints: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    styles: dict[str, list[str]] = field(default_factory=dict)


@cache
def wordbook() -> Wordbook:
    book = Wordbook()
    blends = [(a, b, text) for a, b, text in _rows(FOLDER / "blends.tsv") if not _has_reserved(text)]
    drawn = (row for file in ("shapes", "clauses") for row in _rows(FOLDER / f"{file}.tsv"))
    shapes = [row for row in drawn if not _has_reserved(row[2]) and _known_shape(row[0])]
    taken = {text for *_, text in blends} | {text for *_, text in shapes}
    for file in ("words", "more_words", "idioms", "scenes"):
        for emotion, kind, text in _rows(FOLDER / f"{file}.tsv"):
            # A wording that another table gives a closer meaning keeps that one alone.
            if text not in taken and not _has_reserved(text):
                taken.add(text)
                book.emotions.setdefault((emotion, kind), []).append(text)
    for shape, kind, text in shapes:
        book.shapes.setdefault((shape, kind), []).append(text)
    book.blends = blends
    for emotion, kind, text in (row for file in ("plain", "adverbs") for row in _rows(FOLDER / f"{file}.tsv")):
        book.plain.setdefault((emotion, kind), []).append(text)
    for kind, frame in _rows(FOLDER / "frames.tsv"):
        book.frames.setdefault(kind, []).append(frame)
    book.joints = [row[0] for row in _rows(FOLDER / "joints.tsv")]
    book.details = [row[0] for row in _rows(FOLDER / "details.tsv")]
    for position, text in _rows(FOLDER / "styles.tsv"):
        book.styles.setdefault(position, []).append(text)
    return book


def _known_shape(name: str) -> bool:
    return name in SHAPES or (name.startswith("not_") and name.removeprefix("not_") in DENIED)


def phrases() -> list[tuple[str, str, int]]:
    """Every wording of the tables as it stands: kind, text, concept."""
    book = wordbook()
    found = [(kind, text, concept_of((emotion,))) for (emotion, kind), texts in book.emotions.items() for text in texts]
    found += [(kind, text, concept_of((), shape)) for (shape, kind), texts in book.shapes.items() for text in texts]
    found += [("free", text, concept_of((a, b))) for a, b, text in book.blends]
    return found


class Grammar:
    """Draws captions without end; the same seed draws the same ones."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.book = wordbook()
        self.phrases = phrases()
        self.shape_names = sorted({shape for shape, _ in self.book.shapes})
        # The shapes that players are asked for come up more often than the rest.
        self.shape_weights = [3 if name.removeprefix("not_") in DENIED else 1 for name in self.shape_names]
        self.makers = (
            self._phrase,
            self._styled,
            self._pair,
            self._blend,
            self._with_detail,
            self._while_doing,
            self._denied,
        )
        self.weights = (52, 8, 12, 3, 15, 7, 3)

    def draw(self) -> tuple[str, int]:
        while True:
            text, concept = self.rng.choices(self.makers, self.weights)[0]()
            if allowed(text):
                return _said(text, self.rng), concept

    def _framed(self, kind: str, text: str) -> str:
        return self._frame(kind).format(text)

    def _frame(self, kind: str) -> str:
        return self.rng.choice(self.book.frames[kind])

    def _noun(self, emotion: str) -> str:
        return self._word(emotion, "noun")

    def _adjective(self, emotion: str) -> str:
        return self._word(emotion, "adj")

    def _word(self, emotion: str, kind: str) -> str:
        table = self.book.plain if self.rng.random() < 0.5 else self.book.emotions
        return self.rng.choice(table[emotion, kind])

    def _phrase(self) -> tuple[str, int]:
        if self.rng.random() < 0.25:
            emotion = self.rng.choice(VOTES)
            kind = self.rng.choice(("noun", "adj"))
            return self._framed(kind, self.rng.choice(self.book.plain[emotion, kind])), concept_of((emotion,))
        kind, text, concept = self.rng.choice(self.phrases)
        return self._framed(kind, text), concept

    def _styled(self) -> tuple[str, int]:
        emotion = self.rng.choice(EMOTIONS)
        position = self.rng.choice(("before", "after"))
        style = self.rng.choice(self.book.styles[position])
        return self._frame(f"style_{position}").format(s=style, e=self._noun(emotion)), concept_of((emotion,))

    def _pair(self) -> tuple[str, int]:
        a, b = self.rng.sample(VOTES, 2)
        way = self.rng.random()
        if way < 0.15:
            adverb = self.rng.choice(self.book.plain[a, "adv"])
            text = self._frame("adverb").format(a=adverb, b=self._adjective(b))
        elif way < 0.55:
            text = self._frame("adjectives").format(a=self._adjective(a), b=self._adjective(b))
        else:
            text = self.rng.choice(self.book.joints).format(a=self._noun(a), b=self._noun(b))
        return text, concept_of((a, b))

    def _blend(self) -> tuple[str, int]:
        a, b, text = self.rng.choice(self.book.blends)
        return text, concept_of((a, b))

    def _shape(self) -> str:
        return self.rng.choices(self.shape_names, self.shape_weights)[0]

    def _with_detail(self) -> tuple[str, int]:
        emotion, shape = self.rng.choice(VOTES), self._shape()
        detail = self.rng.choice(self.book.shapes[shape, "with"])
        if self.rng.random() < 0.35:
            text = self._frame("adjective_with").format(a=self._adjective(emotion), d=detail)
        else:
            text = self.rng.choice(self.book.details).format(a=self._noun(emotion), d=detail)
        return text, concept_of((emotion,), shape)

    def _while_doing(self) -> tuple[str, int]:
        emotion, shape = self.rng.choice(VOTES), self._shape()
        doing = self.rng.choice(self.book.shapes[shape, "ing"])
        text = self._frame("while").format(a=self._noun(emotion), g=doing, j=self._adjective(emotion))
        return text, concept_of((emotion,), shape)

    def _denied(self) -> tuple[str, int]:
        shape = self.rng.choice([name for name in DENIED if name != "wink"])
        detail = self.rng.choice(self.book.shapes[shape, "with"])
        without = self._frame("denial").format(d=detail)
        if self.rng.random() < 0.4:
            return without, concept_of((), f"not_{shape}")
        emotion = self.rng.choice(VOTES)
        return f"{self._noun(emotion)} {without}", concept_of((emotion,), f"not_{shape}")


def _said(text: str, rng: random.Random) -> str:
    """As people type: now and then a capital, a full stop, an exclamation mark."""
    text = text if rng.random() < 0.8 else text[:1].upper() + text[1:]
    return text + rng.choice(("", "", "", "", "", "", ".", "!"))
