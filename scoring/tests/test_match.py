"""Matches: what people read must rise with the score, stay within 0 and 100, and mean the same for every prompt."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.match import Anchored, Percentile, Plain, Scale, Statistics

SIDE = 8
cosines = st.floats(-1, 1)


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    low, half, well = sorted(draw(st.lists(st.integers(-100, 100), min_size=3, max_size=3, unique=True)))
    centres = np.array(draw(st.lists(cosines, min_size=1, max_size=5)))
    spread = draw(st.floats(0.001, 0.5))
    kinds: tuple[Scale, ...] = (
        Anchored(low / 100, half / 100, well / 100),
        Percentile(centres, np.ones(len(centres)), spread),
        Plain(),
    )
    return draw(st.sampled_from(kinds))


@given(scales(), cosines, cosines)
def test_a_better_score_has_no_lower_match(scale: Scale, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert scale(low) <= scale(high) + 1e-9


@given(scales(), cosines)
def test_a_match_lies_between_0_and_100(scale: Scale, score: float) -> None:
    assert -1e-9 <= scale(score) <= 100 + 1e-9


def test_a_half_fitting_picture_has_half_the_match_and_a_well_fitting_one_over_90() -> None:
    scale = Anchored(-0.1, 0.2, 0.6)
    assert scale(0.2) == pytest.approx(50)
    assert scale(0.6) >= 90
    assert scale(-0.1) <= 10


def test_a_percentile_is_the_share_of_reference_faces_that_score_lower() -> None:
    faces = np.random.default_rng(0).normal(0.1, 0.2, 20_000)
    scale = Percentile(np.array([0.1]), np.array([1.0]), 0.2)
    for score in (-0.3, 0.0, 0.1, 0.4):
        assert scale(score) == pytest.approx(100 * (faces < score).mean(), abs=1.5)


def unit(place: int) -> np.ndarray:
    return np.eye(SIDE, dtype=np.float32)[place]


@pytest.fixture
def statistics() -> Statistics:
    """Anger lies along the first axis, shut eyes along the second; of sadness too few were seen."""
    concepts = np.stack([unit(0), unit(1), unit(2)])
    fits = np.array([0.0, 0.3, 0.7], np.float32)[None, :, None]
    anchors = fits * concepts[:, None]
    anchors[2] = np.nan
    emotions = np.stack([unit(0)] * 8)
    centres, spread = np.zeros((1, SIDE), np.float32), np.eye(SIDE, dtype=np.float32) * 0.01
    names = ("anger", "eyes_shut", "sadness")
    return Statistics(names, concepts, anchors, centres, np.ones(1, np.float32), spread, emotions, 9.0)


def test_a_prompt_near_an_emotion_is_measured_by_that_emotions_pictures(statistics: Statistics) -> None:
    wording = (unit(0) + 0.5 * unit(5)) / np.linalg.norm(unit(0) + 0.5 * unit(5))
    scale = statistics.scale_for(wording)
    assert isinstance(scale, Anchored)
    # The same picture scores less with a weaker wording, and matches as well.
    assert scale(0.3 * float(wording[0])) == pytest.approx(50)


@pytest.mark.parametrize(("place", "why"), [(1, "no emotion"), (2, "too few pictures"), (6, "near nothing")])
def test_any_other_prompt_has_its_percentile(statistics: Statistics, place: int, why: str) -> None:
    scale = statistics.scale_for(unit(place))
    assert isinstance(scale, Percentile), why
    assert scale(0.0) == pytest.approx(50)


def test_anchors_out_of_order_are_not_trusted(statistics: Statistics) -> None:
    assert isinstance(statistics.scale_for(unit(0)), Anchored)
    statistics.anchors[0] = statistics.anchors[0, ::-1].copy()
    assert isinstance(statistics.scale_for(unit(0)), Percentile)


def test_statistics_come_back_from_their_file(statistics: Statistics, tmp_path: Path) -> None:
    statistics.write(tmp_path / "statistics.safetensors")
    found = Statistics.read(tmp_path / "statistics.safetensors")
    assert (found.names, found.sharpness) == (statistics.names, statistics.sharpness)
    assert found.anchors == pytest.approx(statistics.anchors, abs=1e-3, nan_ok=True)
