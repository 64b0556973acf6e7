from pathlib import Path

import pytest
from django.core.management import call_command
from PIL import Image

LARGEST = 200_000
SHIPPED = Path(__file__).resolve().parents[2] / "docs" / "images" / "duel.jpg"


def test_the_picture_in_the_readme_loads_quickly() -> None:
    assert SHIPPED.stat().st_size < LARGEST


@pytest.mark.slow
def test_it_can_be_drawn_anew(tmp_path: Path) -> None:
    path = tmp_path / "images" / "duel.jpg"
    call_command("draw_example", path)
    assert path.stat().st_size < LARGEST
    with Image.open(path) as picture, Image.open(SHIPPED) as shipped:
        assert picture.size == shipped.size
