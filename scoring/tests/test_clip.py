"""Any open_clip checkpoint judges as open_clip itself would; a wrong one is a clear error, never random numbers."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from scoring import open_scorer
from scoring.clip import BIG, SHIPPED, WEIGHTS, ModelError, prepare
from scoring.tests import tiny

HUB = "somebody/some-model"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    tiny.registered(folder)
    return tiny.written(folder / "tiny.safetensors")


@pytest.fixture
def faces() -> list[Image.Image]:
    rng = np.random.default_rng(0)
    sides = ((40, 40), (112, 112), (300, 260))
    return [Image.fromarray(rng.integers(0, 256, (*side, 3), dtype=np.uint8)) for side in sides]


def as_open_clip_sees(faces: list[Image.Image]) -> np.ndarray:
    from open_clip.constants import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD

    batch = prepare(faces, tiny.SIDE, OPENAI_DATASET_MEAN, OPENAI_DATASET_STD)
    with torch.inference_mode():
        return tiny.built().encode_image(batch, normalize=True).numpy()


@pytest.mark.parametrize(
    ("name", "prefix"), [("a.safetensors", ""), ("a.pt", ""), ("a.bin", "module."), ("a.pth", "_orig_mod.model.")]
)
def test_a_checkpoint_of_any_usual_form_gives_open_clips_own_vectors(
    checkpoint: Path, tmp_path: Path, faces: list[Image.Image], name: str, prefix: str
) -> None:
    path = tiny.written(tmp_path / name, prefix=prefix)
    scorer = open_scorer(tiny.NAME, str(path), "fp32", cache_dir=str(tmp_path))
    assert scorer.embed_faces(faces) == pytest.approx(as_open_clip_sees(faces), abs=1e-5)


def test_bf16_comes_near_and_its_vectors_are_unit_float32(
    checkpoint: Path, tmp_path: Path, faces: list[Image.Image]
) -> None:
    seen = open_scorer(tiny.NAME, str(checkpoint), cache_dir=str(tmp_path)).embed_faces(faces)
    assert seen.dtype == np.float32
    assert np.linalg.norm(seen, axis=1) == pytest.approx(np.ones(len(faces)), abs=1e-5)
    assert (seen * as_open_clip_sees(faces)).sum(axis=1) == pytest.approx(np.ones(len(faces)), abs=0.01)


def test_the_text_tower_is_not_in_the_judges_process(checkpoint: Path, tmp_path: Path) -> None:
    scorer = open_scorer(tiny.NAME, str(checkpoint), cache_dir=str(tmp_path))
    assert all("text" not in name and "token_embedding" not in name for name, _ in scorer.visual.named_parameters())
    assert not any(parameter.is_meta for parameter in scorer.visual.parameters())


def test_no_judge_without_its_weights(checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not at"):
        open_scorer(tiny.NAME, str(tmp_path / "absent.safetensors"))
    with pytest.raises(ModelError, match="SCORER_CHECKPOINT"):
        open_scorer(BIG)
    with pytest.raises(ModelError, match="knows no such model"):
        open_scorer("ViT-Q-99", str(checkpoint))


def test_weights_that_lack_one_tensor_are_refused(checkpoint: Path, tmp_path: Path) -> None:
    state = load_file(checkpoint)
    del state["visual.proj"]
    save_file(state, tmp_path / "part.safetensors")
    with pytest.raises(ModelError, match=r"lacks 1 of \d+ weights .*visual\.proj"):
        open_scorer(tiny.NAME, str(tmp_path / "part.safetensors"), cache_dir=str(tmp_path))


@pytest.mark.parametrize("name", ["image.safetensors", "image.pt"])
def test_weights_without_their_text_tower_are_refused_at_the_start(checkpoint: Path, tmp_path: Path, name: str) -> None:
    """Not by the first prompt: a duel would wait for it."""
    state = {name: value for name, value in load_file(checkpoint).items() if name.startswith("visual.")}
    path = tmp_path / name
    save_file(state, path) if path.suffix == ".safetensors" else torch.save(state, path)
    with pytest.raises(ModelError, match=r"lacks .* text tower"):
        open_scorer(tiny.NAME, str(path), cache_dir=str(tmp_path))


def test_weights_of_another_text_tower_are_refused_at_the_start(checkpoint: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file(load_file(checkpoint) | {"text_projection": torch.zeros(8, 99)}, path)
    with pytest.raises(ModelError, match=r"text_projection has the shape \(8, 99\)"):
        open_scorer(tiny.NAME, str(path), cache_dir=str(tmp_path))


def test_weights_of_another_model_are_refused(checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="another model"):
        open_scorer("RN50", str(checkpoint), cache_dir=str(tmp_path))
    with pytest.raises(ModelError, match="another model"):
        open_scorer(tiny.NAME, str(WEIGHTS / f"{SHIPPED}.safetensors"), cache_dir=str(tmp_path))


@pytest.mark.parametrize("name", ["a.safetensors", "a.pt", "a.bin"])
def test_a_file_that_is_no_checkpoint_is_refused(checkpoint: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"no weights at all, but some bytes that a download may well leave behind")
    with pytest.raises(ModelError, match="not a file of weights"):
        open_scorer(tiny.NAME, str(path), cache_dir=str(tmp_path))


def test_a_cut_off_checkpoint_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    whole = checkpoint.read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="not a file of weights"):
        open_scorer(tiny.NAME, str(tmp_path / "cut.safetensors"), cache_dir=str(tmp_path))


def test_a_pickle_that_would_run_code_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "ran",)  # type: ignore[return-value]

    torch.save({"visual.proj": Evil()}, tmp_path / "evil.pt")
    with pytest.raises(ModelError):
        open_scorer(tiny.NAME, str(tmp_path / "evil.pt"), cache_dir=str(tmp_path))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("option", "said"), [({"precision": "fp8"}, "no such precision"), ({"device": "abacus"}, "no such device")]
)
def test_settings_that_cannot_be_are_told(option: dict[str, str], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        open_scorer(**option)  # type: ignore[arg-type]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.fixture
def hub(checkpoint: Path, tmp_path: Path) -> Path:
    """What a download leaves in the cache of the hub's library."""
    model = tmp_path / "models--somebody--some-model"
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text("1" * 40)
    snapshot = model / "snapshots" / ("1" * 40)
    snapshot.mkdir(parents=True)
    about = {"model_cfg": tiny.CONFIG, "preprocess_cfg": {"mean": [0.5] * 3, "std": [0.5] * 3}}
    (snapshot / "open_clip_config.json").write_text(json.dumps(about))
    shutil.copy(checkpoint, snapshot / "open_clip_model.safetensors")
    return tmp_path


@pytest.mark.usefixtures("no_network")
def test_a_model_of_a_hub_loads_from_the_cache_with_its_own_range_of_pixels(
    hub: Path, faces: list[Image.Image]
) -> None:
    scorer = open_scorer(f"hf-hub:{HUB}", precision="fp32", cache_dir=str(hub))
    with torch.inference_mode():
        seen = tiny.built().encode_image(prepare(faces, tiny.SIDE, (0.5,) * 3, (0.5,) * 3), normalize=True)
    assert scorer.name == f"hf-hub:{HUB}"
    assert scorer.embed_faces(faces) == pytest.approx(seen.numpy(), abs=1e-5)


@pytest.mark.usefixtures("no_network")
def test_a_hub_out_of_reach_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be fetched .*network"):
        open_scorer(f"hf-hub:{HUB}", cache_dir=str(tmp_path))


@pytest.mark.slow
def test_a_random_vit_h_14_judges_in_little_memory(tmp_path: Path) -> None:
    """In processes of their own: beside other tests its gigabytes could not be told apart."""
    from scoring.lab.speed import ask

    ask("big_weights", path=str(tmp_path / "big.safetensors"))
    found = ask("big_ours", checkpoint=str(tmp_path / "big.safetensors"), cache=str(tmp_path), looks=1)
    assert found["peak"] <= 1.9e9
