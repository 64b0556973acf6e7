"""The captions teach the text tower; the exam must stay unseen."""

from collections import Counter

import pytest

from scoring import EMOTIONS
from scoring.lab.captions import Grammar, exam, normal, phrases
from scoring.lab.concepts import CONCEPTS, concept_of


@pytest.fixture(scope="module")
def drawn() -> list[tuple[str, int]]:
    grammar = Grammar(7)
    return [grammar.draw() for _ in range(20_000)]


def test_no_caption_is_a_prompt_of_the_exam(drawn: list[tuple[str, int]]) -> None:
    asked = {normal(q.text) for q in exam() if q.group in ("paraphrase", "unseen")}
    assert asked.isdisjoint(normal(text) for text, _ in drawn)


def test_no_caption_holds_a_reserved_word(drawn: list[tuple[str, int]]) -> None:
    keys = [q.key for q in exam() if q.group == "unseen"]
    assert {"livid", "crestfallen", "beam", "walking on air", "not a muscle moves"} <= set(keys)
    said = [f" {normal(text)}" for text, _ in drawn] + [f" {normal(text)}" for _, text, _ in phrases()]
    assert [text for text in said if any(f" {normal(key)}" in text for key in keys)] == []


def test_every_concept_that_players_are_asked_for_has_captions(drawn: list[tuple[str, int]]) -> None:
    seen = Counter(CONCEPTS[concept].name for _, concept in drawn)
    for emotion in EMOTIONS:
        assert seen[emotion] > 300
        assert seen[f"{emotion}+eyes_shut"] > 0
        assert seen[f"{emotion}+smile"] > 0
    assert seen["happiness+surprise"] > 20 or seen["surprise+happiness"] > 20


def test_the_same_seed_draws_the_same_captions() -> None:
    first, second = Grammar(3), Grammar(3)
    assert [first.draw() for _ in range(50)] == [second.draw() for _ in range(50)]


def test_a_pair_is_one_concept_whichever_comes_first() -> None:
    assert concept_of(("fear", "surprise")) == concept_of(("surprise", "fear"))
    assert concept_of(("fear", "fear")) == concept_of(("fear",))
