"""Copies of a face's crop, and other crops. How well whole photos are told apart stands in docs/fairplay.md."""

import numpy as np
import pytest
from PIL import Image

from scoring.copies import CLOSE, ROUGH, SAME, Picture, Print, picture_of, print_of
from scoring.screens import screen_likeness
from scoring.spots import BAND_BITS, BANDS
from tests.fairplay.variants import saved


def crop(number: int) -> Image.Image:
    rough = np.random.default_rng(number).integers(0, 256, (18, 18, 3), dtype=np.uint8)
    return Image.fromarray(rough).resize((112, 112), Image.Resampling.BICUBIC)


def moved(image: Image.Image, right: float, wider: float) -> Image.Image:
    """As the finder's box trembles."""
    about = 56 * (1 - wider) + right
    return image.transform(
        (112, 112), Image.Transform.AFFINE, (wider, 0, about, 0, wider, about), Image.Resampling.BICUBIC
    )


@pytest.mark.parametrize(
    "copy",
    [
        lambda image: image,
        lambda image: saved(image, 40),
        lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        lambda image: image.resize((70, 70)).resize((112, 112)),
        lambda image: image.point(lambda value: round(value * 0.7 + 20)),
        lambda image: moved(image, 1.5, 1.02),
        lambda image: image.rotate(1.5, Image.Resampling.BICUBIC),
    ],
    ids=["itself", "compressed", "mirrored", "smaller", "paler", "moved", "turned"],
)
def test_a_copy_is_known(copy: object) -> None:
    first, again = picture_of(crop(1)), picture_of(copy(crop(1)))  # type: ignore[operator]
    assert again.is_copy_of(first.print)
    assert share_a_band(again, first)


def share_a_band(again: Picture, first: Picture) -> bool:
    return any(band in keys for band, keys in zip(first.print.bands, again.keys, strict=True))


@pytest.mark.parametrize("rows", [slice(0, 28), slice(90, 112)], ids=["above", "below"])
@pytest.mark.parametrize("colour", [0, 255])
def test_a_caption_spoils_its_part_alone(rows: slice, colour: int) -> None:
    pixels = np.array(crop(1))
    pixels[rows] = colour
    first, again = picture_of(crop(1)), picture_of(Image.fromarray(pixels))
    assert again.is_copy_of(first.print)
    assert share_a_band(again, first)


def test_a_picture_is_another_if_a_part_of_it_has_moved() -> None:
    pixels = np.array(crop(1))
    middle = pixels[30:80, 30:80].copy()
    pixels[32:82, 32:82] = middle
    assert not picture_of(Image.fromarray(pixels)).is_copy_of(print_of(crop(1)))


def test_another_picture_is_none() -> None:
    pictures = [picture_of(crop(number)) for number in range(12)]
    first = pictures[0]
    assert first.like([each.print.rough for each in pictures])[0] == 0
    assert min(first.difference(each.print) for each in pictures[1:]) > 10 * SAME


def test_a_print_has_the_size_that_the_database_keeps() -> None:
    kept = picture_of(crop(3)).print
    assert kept == print_of(crop(3))
    assert (len(kept.rough), len(kept.close)) == (ROUGH.grid**2 // 8, CLOSE.grid**2 // 8)
    assert len(kept.bands) == BANDS
    assert all(band is None or 0 <= band < 2**BAND_BITS for band in kept.bands)
    assert picture_of(crop(3)).like([]) == []


def test_where_nothing_stands_out_nothing_is_found() -> None:
    plain = picture_of(Image.new("RGB", (112, 112), "grey"))
    assert set(plain.print.bands) == {None}
    assert not any(plain.keys)
    assert not plain.is_copy_of(print_of(crop(1)))


def test_what_an_earlier_release_has_kept_is_no_copy() -> None:
    picture = picture_of(crop(1))
    assert not picture.is_copy_of(Print(picture.print.rough, bytes(72), ()))


def test_the_same_points_are_looked_at_for_ever() -> None:
    """Else nothing that is stored is found again."""
    assert picture_of(crop(5)).print.bands[:4] == FIRST_BANDS


FIRST_BANDS = (96793266, 163244881, 241447144, 218331206)


def test_a_regular_grid_over_a_picture_is_marked() -> None:
    plain = crop(7).resize((400, 400), Image.Resampling.BICUBIC)
    down, across = np.mgrid[:400, :400]
    dots = 30 * (np.cos(across * 1.3 + down * 0.6) + np.cos(down * 1.3 - across * 0.6))
    dotted = Image.fromarray((np.asarray(plain, np.float32) + dots[..., None]).clip(0, 255).astype(np.uint8))
    box = (0.3, 0.3, 0.7, 0.7)
    assert screen_likeness(plain, box) < 0.1
    assert screen_likeness(dotted, box) > 0.5
    assert screen_likeness(plain.resize((60, 60)), box) == 0.0
