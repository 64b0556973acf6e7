"""The yardstick is right: judges that are right, wrong or blind by construction get the figures they deserve."""

import json
import os
import runpy
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from scoring import EMOTIONS
from scoring.affect import PLACES
from scoring.lab import evaluation, evaluation_report, evaluation_shapes
from scoring.lab.data import VOTES
from scoring.lab.evaluation_faces import ALTERATIONS, brightness_of
from scoring.lab.evaluation_parts import Figure, Judge, Labelled, Voted, texts_of
from scoring.lab.evaluation_shapes import ATTRIBUTES, has
from scoring.lab.jury import agreement, beats, vote_shares

SHAPES = ("eyes_shut", "mouth_open", "smile", "brows_raised", "eyes_wide", "lips_puckered", "brows_lowered", "wink")
AXES = (*VOTES, *SHAPES)


def places_of(target: str) -> list[float]:
    row = np.zeros(len(AXES))
    for part in target.split("+"):
        row[AXES.index(part.removeprefix("not_"))] = -1 if part.startswith("not_") else 1
    return list(row)


GROUPS = ("plain", "paraphrase", "unseen", "mixture", "attribute", "compound", "denial")
MEANING = {text: places_of(target) for target, texts in texts_of(*GROUPS).items() for text in texts}


def knowing(sign: float = 1) -> Judge:
    """Its vectors are what the pictures show, its prompts what they mean; with a sign of -1 it is always wrong."""
    return Judge(
        embed=lambda texts: sign * np.array([MEANING[text] for text in texts]),
        match=lambda score, _: 100 * score,
        profile=lambda vector: dict(zip(EMOTIONS, sign * vector[:7], strict=True)),
    )


@pytest.fixture(scope="module")
def voted() -> Voted:
    """Each juror's choice is one of two emotions, ten jurors a picture."""
    rng = np.random.default_rng(0)
    votes = np.zeros((600, 8))
    for row in votes:
        one, other = rng.choice(7, 2, replace=False)
        row[one] = rng.integers(0, 11)
        row[other] += 10 - row[one]
    shares = votes / 10
    vectors = np.concatenate([shares, np.zeros((len(votes), len(SHAPES)))], axis=1)
    return Voted(vectors, shares, {"left alone": vectors, "turned into their contrary": -vectors})


@pytest.fixture(scope="module")
def labelled() -> Labelled:
    """Every emotion with every shape, clearly there or clearly not."""
    rows = list(product(range(7), [None, *SHAPES])) * 6
    vectors = np.zeros((len(rows), len(AXES)))
    sides = ("eyeBlink", "mouthSmile", "browOuterUp", "eyeWide", "browDown")
    names = [name + side for name in sides for side in ("Left", "Right")]
    shapes = {name: np.zeros(len(rows)) for name in (*names, "jawOpen", "browInnerUp", "mouthPucker", "yaw")}
    columns = {
        "eyes_shut": ("eyeBlinkLeft", "eyeBlinkRight"), "mouth_open": ("jawOpen",),
        "smile": ("mouthSmileLeft", "mouthSmileRight"), "eyes_wide": ("eyeWideLeft", "eyeWideRight"),
        "brows_raised": ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"), "lips_puckered": ("mouthPucker",),
        "brows_lowered": ("browDownLeft", "browDownRight"), "wink": ("eyeBlinkLeft",),
    }  # fmt: skip
    for place, (emotion, shape) in enumerate(rows):
        vectors[place, emotion] = 1
        for column in columns[shape] if shape else ():
            shapes[column][place] = 0.9
        if shape:
            vectors[place, AXES.index(shape)] = 1
    label = np.array([emotion for emotion, _ in rows], np.int8)
    return Labelled(vectors, label, shapes, np.random.default_rng(0).random(len(rows)))


def by_name(figures: list[Figure]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}


def test_a_judge_that_knows_everything_reaches_every_aim(voted: Voted, labelled: Labelled) -> None:
    unaltered = Voted(voted.vectors, voted.shares, {"left alone": voted.vectors})
    figures = list(evaluation.figures(unaltered, labelled, knowing()))
    missed = [figure.name for figure in figures if figure.reached is False]
    assert missed == []
    assert sum(figure.reached is True for figure in figures) >= 9


def test_a_judge_that_is_always_wrong_reaches_none(voted: Voted, labelled: Labelled) -> None:
    figures = list(evaluation.figures(voted, labelled, knowing(-1)))
    accuracies = [figure for figure in figures if figure.reach is not None and not figure.at_most]
    assert [figure.name for figure in accuracies if figure.reached] == []


def test_a_blind_judge_is_half_right(voted: Voted) -> None:
    blind = Judge(lambda texts: np.zeros((len(texts), len(AXES))), lambda *_: 0.0, lambda _: {})
    assert set(evaluation.jury_agreement(voted, blind, 0.3, "plain").values()) == {0.5}


def test_a_judge_of_emotions_alone_comes_to_three_quarters_of_compounds(labelled: Labelled) -> None:
    """It beats the wrong emotion always and the missing shape by chance."""
    emotions_only = labelled.vectors * (np.arange(len(AXES)) < len(VOTES))
    seen = Labelled(emotions_only, labelled.label, labelled.shapes, labelled.brightness)
    figures = by_name(evaluation_shapes.shape_figures(seen, knowing()))
    assert figures["compound prompts: the face with both beats one with one of the two"].value == pytest.approx(0.75)


def test_agreement_is_the_share_of_pairs_ordered_as_the_votes_are() -> None:
    rng = np.random.default_rng(1)
    scores, shares = rng.random(60).round(1), rng.integers(0, 11, 60) / 10
    pairs = [(a, b) for a, b in product(range(60), repeat=2) if shares[a] - shares[b] >= 0.3]
    right = np.mean([1.0 if scores[a] > scores[b] else 0.5 * (scores[a] == scores[b]) for a, b in pairs])
    assert agreement(scores, shares, 0.3) == pytest.approx(right, abs=0.01)


def test_many_judges_at_once_are_each_measured_alone() -> None:
    rng = np.random.default_rng(2)
    scores, shares = rng.random((80, 3)), rng.integers(0, 11, 80) / 10
    assert list(agreement(scores, shares, 0.3)) == [agreement(column, shares, 0.3) for column in scores.T]
    assert np.isnan(agreement(scores, np.zeros(80), 0.3)).all()


def test_our_yardstick_is_the_datas_own() -> None:
    path = Path(os.environ.get("TRAINING_DATA", "")) / "jury.py"
    if not path.is_file():
        pytest.skip("TRAINING_DATA names no folder with the data's yardstick, jury.py")
    theirs = runpy.run_path(str(path))
    rng = np.random.default_rng(3)
    votes = rng.multinomial(10, np.ones(10) / 10, 400)
    (shares, voted), (their_shares, their_voted) = vote_shares(votes), theirs["vote_shares"](votes)
    assert (shares == their_shares).all()
    assert (voted == their_voted).all()
    scores = rng.random(400)
    for gap, place in product((0.1, 0.3, 0.5), range(7)):
        assert agreement(scores, shares[:, place], gap) == theirs["agreement"](scores, shares[:, place], gap)


def test_beats_counts_every_pair_and_half_a_tie() -> None:
    rng = np.random.default_rng(4)
    better, worse = rng.integers(0, 5, 30), rng.integers(0, 5, 20)
    assert beats(better, worse) == pytest.approx(
        np.mean([1.0 if a > b else 0.5 * (a == b) for a, b in product(better, worse)])
    )


@pytest.mark.parametrize("name", [*ATTRIBUTES, "eyes_shut", "wink"])
def test_no_face_both_has_a_shape_and_has_it_not(name: str) -> None:
    rng = np.random.default_rng(5)
    sides = ("eyeBlink", "mouthSmile", "browOuterUp", "eyeWide", "browDown")
    names = [each + side for each in sides for side in ("Left", "Right")] + ["jawOpen", "browInnerUp", "mouthPucker"]
    columns = {each: np.append(rng.random(500), np.nan) for each in names}
    there, absent = has(name, columns)
    assert there.any()
    assert absent.any()
    assert not (there & absent).any()
    assert [there[-1], absent[-1]] == [False, False]  # it was not measured
    assert (has(f"not_{name}", columns)[0] == absent).all()


def test_flips_are_told_for_every_alteration(voted: Voted) -> None:
    figures = list(evaluation.flip_figures(voted, knowing()))
    assert [figure.value for figure in figures] == [0.0, 1.0]
    assert [figure.reached for figure in figures] == [True, False]


def test_alterations_keep_size_and_kind() -> None:
    from PIL import Image

    face = Image.fromarray(np.random.default_rng(0).integers(0, 200, (48, 48), dtype=np.uint8))
    for alter in ALTERATIONS.values():
        assert (alter(face).size, alter(face).mode) == (face.size, "L")
    darker, brighter = (np.asarray(ALTERATIONS[f"{how} by 20%"](face)).mean() for how in ("darkened", "brightened"))
    assert darker < np.asarray(face).mean() < brighter


def test_brightness_counts_the_face_and_not_the_black_around_it() -> None:
    pixels = np.zeros((2, 10, 10, 3), np.uint8)
    pixels[0, 3:6], pixels[1, 1:9] = 120, 60
    assert list(brightness_of(pixels)) == [120, 60]


def test_what_was_measured_is_told_and_written(voted: Voted, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    judge, gaps = knowing(), np.array([0.1, 0.3])
    figures = [*evaluation.jury_figures(voted, judge), *evaluation.flip_figures(voted, judge)]
    lines = list(evaluation_report.lines(figures))
    assert any("reached >= 0.978 jury agreement" in line for line in lines)
    assert any("MISSED  <= 0.03" in line and "contrary" in line for line in lines)
    curve, table = evaluation.agreement_curve(voted, judge, gaps), evaluation.confusion(voted, judge)
    files = evaluation_report.write(tmp_path / "new", {"judge": "test"}, figures, table, gaps, curve)
    assert [file.name for file in files] == ["confusion.png", "agreement.png", "figures.json"]
    content = json.loads(files[2].read_text())
    assert [each["name"] for each in content["figures"]] == [figure.name for figure in figures]
    assert np.trace(content["confusion"]) == np.sum(content["confusion"])


def test_what_too_few_pictures_show_is_neither_reached_nor_missed(tmp_path: Path) -> None:
    figure = Figure("compound prompts", float("nan"), 0.9, parts={"fear+smile": float("nan")})
    assert figure.reached is None
    assert "unknown >= 0.9" in next(evaluation_report.lines([figure]))
    pytest.importorskip("matplotlib")
    curve = {"fear": [float("nan")]}
    files = evaluation_report.write(tmp_path, {}, [figure], np.zeros((7, 7)), np.array([0.3]), curve)
    content = json.loads(files[2].read_text(), parse_constant=pytest.fail)
    assert content["figures"][0]["value"] is None


def test_every_emotion_has_its_place_on_the_plane() -> None:
    assert tuple(PLACES) == EMOTIONS
