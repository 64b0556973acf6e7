from pathlib import Path

import pytest
import torch

from scoring.clip import SHIPPED, ModelError, Source, load_visual
from scoring.precision import RESTING, precision_for, resting, work_in_fp32, working
from scoring.tests import tiny


@pytest.fixture
def source(tmp_path: Path) -> Source:
    tiny.registered(tmp_path)
    return Source(tiny.NAME, tiny.CONFIG, tiny.written(tmp_path / "tiny.safetensors"))


def test_weights_that_rest_in_bf16_and_work_in_fp32_answer_as_the_same_weights_in_fp32(source: Source) -> None:
    x = torch.rand(2, 3, tiny.SIDE, tiny.SIDE)
    wide, resting_tower = load_visual(source, torch.bfloat16, "cpu").float(), load_visual(source, torch.bfloat16, "cpu")
    work_in_fp32(resting_tower)
    with torch.inference_mode():
        wanted = wide(x)
        for _ in range(2):
            assert torch.equal(resting_tower(x), wanted)
    kinds = {p.dtype for name, p in resting_tower.named_parameters() if "resblocks" in name}
    assert kinds == {torch.bfloat16}


@pytest.mark.parametrize(
    ("capable", "wanted", "works_in"),
    [(True, "bf16", torch.bfloat16), (False, RESTING, torch.float32)],
)
def test_bf16_is_worked_in_only_where_the_processor_can(
    source: Source, monkeypatch: pytest.MonkeyPatch, capable: bool, wanted: str, works_in: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True, "avx512_bf16": capable})
    for asked in (None, "bf16"):
        found = precision_for(asked, source, "cpu")
        assert (found, resting(found), working(found)) == (wanted, torch.bfloat16, works_in)


def test_the_small_judge_works_in_fp32_and_a_gpu_in_halves(source: Source) -> None:
    assert precision_for(None, Source(SHIPPED, {}, Path("none")), "cpu") == "fp32"
    assert precision_for(None, source, "cuda:0") == "fp16"
    assert working(precision_for("bf16", source, "cuda")) == torch.bfloat16


def test_a_precision_that_does_not_exist_is_named(source: Source) -> None:
    with pytest.raises(ModelError, match="fp8"):
        precision_for("fp8", source, "cpu")
