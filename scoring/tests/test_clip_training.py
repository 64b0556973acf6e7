"""A few steps on invented pictures: every stage runs, goes on after an interruption, and ends in files that load."""

from pathlib import Path

import numpy as np
import pytest
import torch

from scoring.clip import Source, load_text, load_visual
from scoring.lab import clip_training, image_tower, teacher, text_tower
from scoring.lab.concepts import CONCEPTS, SHAPES, fits, shape_fits
from scoring.lab.data import Faces
from scoring.lab.image_tower import Plan
from scoring.lab.runs import Run
from scoring.lab.statistics import statistics_of
from scoring.match import Percentile, Statistics

BOTH_SIDES = (
    *("browDown", "browOuterUp", "eyeBlink", "eyeWide", "eyeSquint", "mouthSmile", "mouthFrown", "mouthPress"),
    *("eyeLookUp", "eyeLookDown", "eyeLookIn", "eyeLookOut"),
)
BLEND_SHAPES = [name + side for name in BOTH_SIDES for side in ("Left", "Right")]
BLEND_SHAPES += ["browInnerUp", "mouthPucker", "jawOpen", "yaw", "mouthRollLower", "mouthRollUpper"]


def invented(n: int, colour: bool, seed: int = 0) -> Faces:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (n, 48, 48, 3 if colour else 1), dtype=np.uint8)
    label = rng.integers(0, 7, n).astype(np.int8)
    votes = np.eye(8, dtype=np.float32)[label] if colour else rng.dirichlet(np.ones(8), n).astype(np.float32)
    shapes = {name: rng.random(n).astype(np.float32) for name in BLEND_SHAPES}
    shapes["jawOpen"][0] = np.nan
    mask = np.full((n, 48, 48), 255, np.uint8) if colour else None
    return Faces([str(i) for i in range(n)], pixels, mask, votes, np.ones(n, bool), label, shapes)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(epochs=(1, 1), batch=16, small_side=24, side=32)


@pytest.fixture(scope="module")
def parts() -> tuple[Faces, Faces]:
    return invented(48, colour=False), invented(32, colour=True)


def test_a_picture_with_half_the_votes_and_half_a_smile_fits_their_union_by_a_quarter() -> None:
    faces = invented(2, colour=False)
    faces.votes[0] = [0, 0.5, 0, 0, 0.5, 0, 0, 0]
    faces.shapes["mouthSmileLeft"][0] = faces.shapes["mouthSmileRight"][0] = 0.475
    fit = dict(zip((c.name for c in CONCEPTS), fits(faces)[0], strict=True))
    assert fit["happiness"] == pytest.approx(0.5)
    assert fit["happiness+smile"] == pytest.approx(0.25)
    assert fit["happiness+anger"] == pytest.approx(1.0)
    assert fit["anger+not_smile"] == pytest.approx(0.25)


def test_one_label_says_nothing_of_two_emotions_at_once(parts: tuple[Faces, Faces]) -> None:
    pairs = [i for i, concept in enumerate(CONCEPTS) if len(concept.emotions) == 2]
    assert np.isnan(fits(parts[1])[:, pairs]).all()
    assert set(SHAPES) <= set(shape_fits(parts[1].shapes))


def test_an_interrupted_training_ends_where_an_uninterrupted_one_does(
    tmp_path: Path, parts: tuple[Faces, Faces], plan: Plan
) -> None:
    whole = image_tower.train(*parts, plan, Run(tmp_path / "whole"))
    broken = Run(tmp_path / "broken")
    image_tower.train(*parts, plan, broken, stop_after=5)
    again = image_tower.train(*parts, plan, broken)
    for one, other in zip(whole.state_dict().values(), again.state_dict().values(), strict=True):
        assert torch.allclose(one.float(), other.float(), atol=1e-5)


def test_what_was_trained_loads_as_the_judge_loads_it(tmp_path: Path, parts: tuple[Faces, Faces], plan: Plan) -> None:
    learner = image_tower.train(*parts, plan, Run(tmp_path / "run"))
    clip = clip_training.assembled(learner).eval()
    tokenize = clip_training.tokenizer()
    texts = ["a livid face", "nothing at all"]
    weights = np.full((2, len(CONCEPTS)), 1 / len(CONCEPTS), np.float32)
    text_plan = text_tower.TextPlan(steps=3, captions=8, others=4)
    text_tower.train_text(clip, tokenize, learner.concepts.detach(), texts, weights, text_plan)
    clip_training.save(clip, tmp_path / "small.safetensors")
    source = Source("EmotionDuel-S", clip_training.config(), tmp_path / "small.safetensors")
    x = torch.rand(2, 3, 48, 48)
    with torch.inference_mode():
        assert torch.allclose(load_visual(source, torch.float32, "cpu")(x), clip.encode_image(x), atol=0.05)
        tokens = tokenize(["joy with closed eyes"])
        assert torch.allclose(load_text(source).encode_text(tokens), clip.encode_text(tokens), atol=0.05)
        shortened = text_tower.text_vectors(clip, tokens)
        assert torch.allclose(shortened, clip.encode_text(tokens, normalize=True), atol=1e-5)


def test_the_tower_that_ships_orders_faces_by_the_emotions_share_among_all(
    tmp_path: Path, parts: tuple[Faces, Faces], plan: Plan
) -> None:
    learner = image_tower.train(*parts, plan, Run(tmp_path / "run"))
    emotions = torch.nn.functional.normalize(learner.concepts.detach()[:8], dim=1)
    tower = clip_training.assembled(learner).eval().visual.trunk
    with torch.inference_mode():
        before = torch.nn.functional.normalize(learner.tower(x := torch.rand(32, 3, 48, 48)), dim=1)
        after = tower(x)
    shares = (before @ emotions.T * learner.sharpness.exp()).softmax(1)
    assert after.norm(dim=1) == pytest.approx(np.ones(32), abs=1e-3)
    assert torch.equal((after @ emotions.T).argsort(0), shares.argsort(0))
    within = emotions.T @ torch.linalg.pinv(emotions.T)  # onto what the emotions span
    apart = [torch.nn.functional.normalize(each - each @ within, dim=1) for each in (before, after)]
    assert torch.allclose(*apart, atol=1e-3)


def test_statistics_hold_no_single_face_and_survive_the_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(600, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    concepts = rng.normal(size=(len(CONCEPTS), 16)).astype(np.float32)
    fit = rng.random((600, len(CONCEPTS))).astype(np.float32)
    found = statistics_of(vectors, fit, concepts, 9.5)
    assert found.weights.min() >= 20
    found.write(tmp_path / "statistics.safetensors")
    read = Statistics.read(tmp_path / "statistics.safetensors")
    assert read.names == found.names
    assert read.sharpness == 9.5
    far = np.zeros(16, np.float32)
    far[0] = 1
    scale = read.scale_for(far)
    assert isinstance(scale, Percentile)
    shares = [(vectors[:, 0] < score).mean() * 100 for score in (-0.3, 0.0, 0.3)]
    assert [scale(score) for score in (-0.3, 0.0, 0.3)] == pytest.approx(shares, abs=8)


@pytest.mark.slow
def test_the_teacher_learns_captions_and_answers() -> None:
    taught = teacher.train_teacher(captions=96, batch=48)
    weights, vectors = teacher.ask(taught, ["an angry face", "eyes shut"])
    assert weights.sum(1) == pytest.approx([1, 1], abs=1e-3)
    assert vectors.shape == (2, 384)
