"""The door: photo and prompt in, score out. Weights may change; what any good judge does may not."""

import subprocess
import sys
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scoring import EMOTIONS, PhotoError, Profile, Score, open_scorer, version
from scoring.judge import Scorer
from scoring.tests import tiny
from scoring.version import fingerprint
from tests.faces import draw_face, photo_bytes

PROMPT = "anger with a smile"


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return open_scorer()


@pytest.fixture(scope="module")
def happy() -> bytes:
    return photo_bytes(draw_face(0, "happiness"))


@pytest.fixture(scope="module")
def sad() -> bytes:
    return photo_bytes(draw_face(4, "sadness"))


@pytest.fixture(scope="module")
def wall() -> bytes:
    return photo_bytes(Image.new("RGB", (640, 480), "olive"))


def test_a_score_is_the_cosine_of_face_and_prompt(scorer: Scorer, happy: bytes) -> None:
    score = scorer.score(happy, PROMPT)
    assert score.face is not None
    cosine = scorer.embed_faces([score.face.crop])[0] @ scorer.embed_prompts([PROMPT])[0]
    assert score.value == pytest.approx(float(cosine), abs=1e-6)
    assert -1 <= score.value <= 1
    assert 0 <= score.match <= 100
    assert score.match == round(score.match, 1)


def test_no_face_is_a_result_that_loses_to_any_face(scorer: Scorer, wall: bytes) -> None:
    assert scorer.score(wall, PROMPT) == Score(-inf, 0.0, None)


def test_a_photo_that_cannot_be_read_is_its_error(scorer: Scorer) -> None:
    with pytest.raises(PhotoError) as caught:
        scorer.score(b"not a photo", PROMPT)
    assert caught.value.reason == "not_a_photo"


def test_many_scores_come_in_order_and_failures_stand_in_their_place(
    scorer: Scorer, happy: bytes, sad: bytes, wall: bytes
) -> None:
    items = [(happy, "joy"), (b"", "joy"), (wall, "joy"), (sad, PROMPT), (sad[:2000], "joy")]
    first, empty, nobody, last, cut = scorer.score_many(items)
    assert isinstance(empty, PhotoError)
    assert empty.reason == "empty"
    assert isinstance(cut, PhotoError)
    assert nobody == Score(-inf, 0.0, None)
    for many, one in ((first, scorer.score(happy, "joy")), (last, scorer.score(sad, PROMPT))):
        assert isinstance(many, Score)
        assert many.value == pytest.approx(one.value, abs=1e-5)
        assert many.face == one.face


def test_nothing_to_judge_is_no_error(scorer: Scorer, wall: bytes) -> None:
    assert scorer.score_many([]) == []
    assert scorer.score_many([(b"", PROMPT)])[0].args  # type: ignore[union-attr]
    assert scorer.embed_faces([]).shape == (0, scorer.embed_prompts(["joy"]).shape[1])


def test_the_smile_beats_the_tears_when_joy_is_asked(scorer: Scorer, happy: bytes, sad: bytes) -> None:
    for prompt in ("happiness", "a happy face"):
        assert scorer.score(happy, prompt).value > scorer.score(sad, prompt).value
    assert scorer.score(sad, "sadness").value > scorer.score(happy, "sadness").value


def test_within_one_prompt_the_better_score_has_no_lower_match(scorer: Scorer) -> None:
    values = np.linspace(-1, 1, 101)
    for prompt in ("anger", PROMPT, "eyes shut", "a cup of tea"):
        matches = [scorer.match(float(value), prompt) for value in values]
        assert matches == sorted(matches)
        assert 0 <= matches[0] < matches[-1] <= 100


def test_faces_of_any_size_and_colour_become_unit_rows(scorer: Scorer) -> None:
    face = draw_face(1, "fear").crop((220, 100, 420, 340))
    crops = [
        face,
        face.resize((31, 47)),
        face.convert("L"),
        face.convert("RGBA"),
        face.convert("P"),
        face.resize((1, 1)),
    ]
    rows = scorer.embed_faces(crops)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(crops)), abs=1e-5)


def test_a_crop_is_seen_as_people_see_it(scorer: Scorer) -> None:
    """What is clear is white, whatever colour lies hidden there; and 16 bits are no blank sheet."""
    face = draw_face(1, "fear").crop((220, 100, 420, 340))
    clear = face.convert("RGBA")
    clear.paste((255, 0, 0, 0), (0, 0, 100, 240))
    white = face.copy()
    white.paste("white", (0, 0, 100, 240))
    grey = face.convert("L")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    rows = scorer.embed_faces([clear, white, deep, grey])
    assert (rows[::2] * rows[1::2]).sum(axis=1) == pytest.approx([1, 1], abs=1e-3)


def test_a_mirrored_face_is_the_same_face(scorer: Scorer) -> None:
    face = draw_face(2, "surprise").crop((220, 100, 420, 300))
    one, other = scorer.embed_faces([face, face.transpose(Image.Transpose.FLIP_LEFT_RIGHT)])
    assert one @ other == pytest.approx(1, abs=1e-4)


def test_a_profile_shares_one_face_among_the_seven_emotions(scorer: Scorer, happy: bytes) -> None:
    face = scorer.score(happy, PROMPT).face
    assert face is not None
    profile = scorer.profile(face.crop)
    assert tuple(profile.shares) == EMOTIONS
    assert sum(profile.shares.values()) == pytest.approx(1)
    assert max(profile.shares, key=lambda name: profile.shares[name]) == "happiness"
    assert profile.valence > 0
    assert -1 <= profile.arousal <= 1


def test_a_profile_without_statistics_asks_by_plain_prompts(scorer: Scorer, happy: bytes) -> None:
    bare = open_scorer()
    bare.statistics = None
    face = scorer.score(happy, PROMPT).face
    assert face is not None
    profile = bare.profile(face.crop)
    assert isinstance(profile, Profile)
    assert max(profile.shares, key=lambda name: profile.shares[name]) == "happiness"
    assert 0 <= bare.score(happy, PROMPT).match <= 100


def test_the_same_judge_has_the_same_version_and_scores(scorer: Scorer, happy: bytes) -> None:
    again = open_scorer()
    assert (again.name, again.version) == (scorer.name, scorer.version)
    one, other = again.score(happy, PROMPT), scorer.score(happy, PROMPT)
    assert (one.value, one.match) == pytest.approx((other.value, other.match), abs=1e-5)


def test_another_precision_configuration_or_range_of_pixels_is_another_version(scorer: Scorer, tmp_path: Path) -> None:
    source = scorer.source
    config = source.config | {"quick_gelu": True}
    versions = [
        fingerprint(source, "fp32", "cpu", None),
        fingerprint(source, "bf16", "cpu", None),
        fingerprint(source, "fp32", "cuda", None),
        fingerprint(replace(source, config=config), "fp32", "cpu", None),
        fingerprint(replace(source, mean=(0.5, 0.5, 0.5)), "fp32", "cpu", None),
    ]
    assert len(set(versions)) == len(versions)
    assert fingerprint(source, "fp32", "cuda:1", None) == versions[2]


def test_other_weights_are_another_version_wherever_they_lie(scorer: Scorer, tmp_path: Path) -> None:
    tiny.registered(tmp_path)
    one, other = (tiny.written(tmp_path / f"{seed}.safetensors", seed) for seed in (1, 2))
    (tmp_path / "elsewhere").mkdir()
    moved = tmp_path / "elsewhere" / "copy.safetensors"
    moved.write_bytes(one.read_bytes())
    versions = [
        fingerprint(replace(scorer.source, checkpoint=path), "fp32", "cpu", None) for path in (one, other, moved)
    ]
    assert versions[0] == versions[2] != versions[1]


def test_other_statistics_are_another_version(scorer: Scorer, tmp_path: Path) -> None:
    """They change no cosine, but every match."""
    tiny.registered(tmp_path)
    path = tiny.written(tmp_path / "tiny.safetensors")
    bare = fingerprint(replace(scorer.source, checkpoint=path), "fp32", "cpu", None)
    path.with_suffix(".statistics.safetensors").write_bytes(b"others")
    assert fingerprint(replace(scorer.source, checkpoint=path), "fp32", "cpu", None) != bare


def test_every_module_that_a_score_comes_from_is_in_the_version() -> None:
    code = (
        "import sys; from scoring import films, open_scorer; open_scorer().embed_prompts(['joy']); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.removeprefix("scoring.") for name in done.stdout.split() if name.startswith("scoring.")}
    # What sources finds is counted itself; affect places a profile, and screens marks a photo: neither is a score.
    assert loaded - set(version.CODE) == {"sources", "version", "affect", "screens"}


def test_importing_the_door_loads_no_torch() -> None:
    code = "import scoring, sys; print(sorted({'torch', 'open_clip', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
