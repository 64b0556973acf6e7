"""On a few drawn faces; docs/fairplay.md has the figures of many real ones."""

from itertools import islice

import pytest

from scoring.faces import FaceFinder
from tests.fairplay import telling
from tests.fairplay.pictures import drawn


@pytest.fixture(scope="module")
def told() -> telling.Told:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telling, "SCREENS", 0)
        return telling.tell(islice(drawn(moments=2), 0, None, 9), FaceFinder(), lambda told: told.made.total() < 24)


def test_whatever_people_do_to_a_picture_it_is_found(told: telling.Told) -> None:
    assert told.made.total() == 24
    assert told.share_found > 0.9


def test_another_picture_of_the_same_face_is_not_refused(told: telling.Told) -> None:
    assert len(told.others + told.series) == 18
    assert told.share_refused <= 1 / 18  # so little is on a drawn face that one seems the same
    assert min(told.strangers) > 0.15
