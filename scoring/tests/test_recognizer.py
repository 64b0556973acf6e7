"""Any net, any frame, one of seven names."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from scoring import readers
from scoring.emotions import NAMES
from scoring.lab import boosting, clip_tower
from scoring.lab.extras import MissingPackage
from scoring.lab.measure import milliseconds
from scoring.packing import WeightsError
from scoring.recognizer import NETS, EmotionRecognizer, prepare
from scoring.tests import drawn_data
from tests.faces import EMOTIONS, draw_face

TORCH_NETS = [name for name in NETS if name != "boosting"]
DATA = Path(os.environ.get("TRAINING_DATA") or Path(__file__).parents[3] / "shared" / "data")
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    for name in TORCH_NETS:
        drawn_data.untaught(name, folder)
    return folder


@pytest.fixture
def weights(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(readers, "WEIGHTS", folder)
    return folder


def shipped(net: str) -> Path:
    if not (path := readers.weights_path(net)).is_file():
        pytest.skip(f"{net} is not trained yet")
    return path


@pytest.fixture(scope="module")
def frame() -> np.ndarray:
    """BGR, as OpenCV crops a face."""
    return np.asarray(draw_face(2, "anger", (120, 100), face_height=90))[:, :, ::-1]


@pytest.mark.parametrize("net", TORCH_NETS)
def test_every_net_gives_seven_shares_that_make_one_and_names_the_largest(
    weights: Path, net: str, frame: np.ndarray
) -> None:
    recognizer = EmotionRecognizer(net)
    shares = recognizer.predict_proba(frame)
    assert tuple(shares) == NAMES
    assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
    assert shares[recognizer.predict(frame)] == max(shares.values())
    assert all(-1 <= axis <= 1 for axis in recognizer.predict_affect(frame))


@pytest.mark.parametrize("net", TORCH_NETS)
def test_a_mirrored_face_feels_the_same(weights: Path, net: str, frame: np.ndarray) -> None:
    recognizer = EmotionRecognizer(net)
    mirrored = recognizer.predict_proba(frame[:, ::-1])
    assert mirrored == pytest.approx(recognizer.predict_proba(frame), abs=0.02)


def test_a_frame_may_be_grey_or_bgr_of_any_size_and_of_fractions(frame: np.ndarray) -> None:
    gray = frame[:, :, ::-1] @ np.array([0.299, 0.587, 0.114])
    for each in (gray, gray / 255, gray.astype(np.uint8)[..., None], frame.astype(np.int64), frame / 255):
        assert prepare(each).shape == (48, 48)
        assert np.abs(prepare(each).astype(int) - prepare(frame)).max() <= 2
    assert prepare(np.zeros((1, 900), np.uint8)).shape == (48, 48)


def test_blue_comes_first() -> None:
    red = np.zeros((8, 8, 3), np.uint8)
    red[:, :, 2] = 255
    assert prepare(red)[0, 0] == 76  # red's part in brightness is 0.299


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (np.zeros((0, 5), np.uint8), "empty"),
        (np.zeros((4, 4, 4), np.uint8), "shape"),
        (np.zeros(9, np.uint8), "shape"),
        (np.full((4, 4), np.nan), "numbers"),
        (np.array([["face"]]), "numbers"),
    ],
)
def test_what_is_no_frame_is_refused(bad: np.ndarray, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        prepare(bad)


def test_the_net_of_six_never_answers_disgust(weights: Path, frame: np.ndarray) -> None:
    assert EmotionRecognizer("cnn6").predict_proba(frame)["disgust"] == 0


def test_best_answers_the_label_and_the_jury_by_two_heads(weights: Path, frame: np.ndarray) -> None:
    recognizer = EmotionRecognizer()
    assert recognizer.net == "best"
    by_label, by_jury = (recognizer.predict_proba(frame, by=by) for by in ("label", "jury"))
    assert by_label != by_jury
    assert recognizer.predict(frame, by="jury") == max(by_jury, key=lambda name: by_jury[name])


def test_only_nets_that_jurors_taught_answer_for_them(weights: Path, frame: np.ndarray) -> None:
    with pytest.raises(ValueError, match="ask best or affect"):
        EmotionRecognizer("cnn").predict(frame, by="jury")
    with pytest.raises(ValueError, match="label, jury"):
        EmotionRecognizer().predict(frame, by="neighbour")


def test_only_a_face_that_one_look_leaves_open_is_seen_mirrored_too(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = EmotionRecognizer("best").reader
    faces = np.random.default_rng(1).integers(0, 255, (3, 48, 48), dtype=np.uint8)
    sure, torn, seen = [9, 0, 0, 0, 0, 0, 0] * 2, [9, 0, 0, 0, 0, 0, 0, 9, 9, 0, 0, 0, 0, 0], []

    def look(pixels: np.ndarray) -> np.ndarray:
        seen.append(pixels)
        return np.array([sure, torn, sure][: len(pixels)] if len(seen) == 1 else [sure], float)

    monkeypatch.setattr(reader, "_look", look)
    answer = reader.read(faces)
    assert np.array_equal(seen[1], faces[1:2, :, ::-1])
    assert answer.jury is not None
    assert answer.jury[1, 0] == pytest.approx(1 / (1 + np.exp(-4.5)), abs=0.01)  # half of what the two looks saw


def test_the_nearest_emotion_on_the_plane_has_the_largest_share() -> None:
    for place, (valence, arousal) in enumerate(readers.COORDINATES):
        assert readers.near(np.array([[valence, arousal]])).argmax() == place


def test_an_unknown_net_is_told_which_there_are() -> None:
    with pytest.raises(ValueError, match="cnn, cnn6, boosting, best, affect"):
        EmotionRecognizer("vgg")


def test_missing_weights_say_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "WEIGHTS", tmp_path)
    with pytest.raises(WeightsError, match=r"manage\.py train cnn6"):
        EmotionRecognizer("cnn6")


def test_the_weights_of_another_net_are_refused(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="another net than 'cnn'"):
        EmotionRecognizer("cnn", weights / "cnn6.safetensors")
    (tmp_path / "broken").write_bytes(b"no weights")
    with pytest.raises(WeightsError, match="can be read"):
        EmotionRecognizer("cnn", tmp_path / "broken")


def test_eight_bits_keep_the_answer(folder: Path, tmp_path: Path, frame: np.ndarray) -> None:
    from scoring.packing import read_weights, write_weights

    exact, _ = read_weights(folder / "best.safetensors")
    write_weights(exact, tmp_path / "best.safetensors", {}, bits=16)
    one, other = (EmotionRecognizer("best", each / "best.safetensors") for each in (folder, tmp_path))
    assert one.predict_proba(frame) == pytest.approx(other.predict_proba(frame), abs=0.01)


def test_boosting_says_which_package_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "boosting.cbm").touch()
    monkeypatch.setitem(sys.modules, "catboost", None)
    with pytest.raises(MissingPackage, match=r"package catboost .* requirements-train"):
        EmotionRecognizer("boosting", tmp_path / "boosting.cbm")


def test_boosting_refuses_another_clip_than_it_was_trained_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frame: np.ndarray
) -> None:
    monkeypatch.setattr(clip_tower, "WEIGHTS", drawn_data.untaught_clip(tmp_path).parent)
    describer = boosting.Describer()
    faces = np.stack([drawn_data.face(person, "fear") for person in range(4)])
    columns, label = describer.describe(faces), np.array([0, 1, 2, 1])
    settings = {"iterations": 2, "loss_function": "MultiClass"}
    model = boosting.fit(settings, (columns, label), (columns, label), tmp_path / "run")
    model.save_model(str(tmp_path / "boosting.cbm"))
    with pytest.raises(WeightsError, match="train boosting"):
        EmotionRecognizer("boosting", tmp_path / "boosting.cbm")
    model.get_metadata()["clip"] = describer.version
    model.save_model(str(tmp_path / "boosting.cbm"))
    shares = EmotionRecognizer("boosting", tmp_path / "boosting.cbm").predict_proba(frame)
    assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
    assert shares["disgust"] == 0  # it met none


@pytest.mark.slow
@pytest.mark.parametrize("net", NETS)
def test_a_frame_takes_little_time(net: str) -> None:
    """10 ms of a core for `best` and 30 for any are asked, and docs/experiments.md tells what was measured. A slower
    machine, busy with other tests, may take four times as long.
    """
    shipped(net)
    frames = [np.asarray(draw_face(person, emotion, (120, 100), face_height=90))[:, :, ::-1]
              for person in range(4) for emotion in EMOTIONS]  # fmt: skip
    assert milliseconds(EmotionRecognizer(net).predict, frames) < 4 * (10 if net == "best" else 30)


@pytest.mark.slow
def test_the_weights_are_as_small_as_was_asked() -> None:
    sizes = {name: shipped(name).stat().st_size for name in NETS}
    assert sizes["best"] <= 5 * MEGABYTE
    assert sum(sizes.values()) <= 25 * MEGABYTE


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "faces_gray.npz").is_file(), reason="the data is not here")
@pytest.mark.parametrize(
    ("net", "figure", "least"),
    [
        ("cnn", "accuracy", 0.6062),  # 0.6087 here
        ("cnn6", "accuracy", 0.59),
        ("boosting", "accuracy", 0.60),
        ("best", "accuracy", 0.688),  # 0.6903 here: on another processor a face or two may fall otherwise
        ("best", "jury_accuracy", 0.82),
        ("affect", "jury_accuracy", 0.70),
    ],
)
def test_what_ships_reads_the_validation_part_as_well_as_was_asked(
    net: str, figure: str, least: float, tmp_path: Path
) -> None:
    from scoring.lab import layouts
    from scoring.lab.measure import measure

    shipped(net)
    faces = layouts.read(DATA).of(layouts.VALIDATION)
    assert measure(net, shipped(net), faces, tmp_path)[figure] >= least
