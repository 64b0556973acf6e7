"""A net's last step."""

from pathlib import Path

import pytest
import torch

from scoring.lab import layouts, leaning, lessons, nets
from scoring.lab.data import Faces
from scoring.tests import drawn_data


@pytest.fixture
def faces(tmp_path: Path) -> Faces:
    return layouts.read(drawn_data.archive(tmp_path)).of(layouts.TRAIN)


def test_labels_are_named_as_often_as_faces_bear_them() -> None:
    torch.manual_seed(1)
    logits, label = torch.randn(500, 7), torch.eye(7)[torch.arange(500) % 3]
    shares = (logits + leaning.fitted(logits, label)).softmax(1).mean(0)
    assert shares[:3].tolist() == pytest.approx([1 / 3] * 3, abs=0.01)


def test_a_net_that_leans_is_set_right_and_what_jurors_would_say_stays(faces: Faces) -> None:
    torch.manual_seed(1)
    net = nets.build("best").eval()
    x = torch.rand(4, 1, 48, 48)
    before = net(x)
    added = leaning.settle(net, faces, lessons.LESSONS["best"].labels(faces), 48, seed=1)
    after = net(x)
    assert torch.allclose(after[:, :7], before[:, :7] + added, atol=1e-5)
    assert torch.equal(after[:, 7:], before[:, 7:])


def test_faces_without_a_label_change_nothing(faces: Faces) -> None:
    nothing = torch.zeros(len(faces), 7)
    assert not leaning.settle(nets.build("best"), faces, nothing, 48, seed=1).any()
