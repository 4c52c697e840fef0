"""Pages of PDF files as pictures with a box around a cell."""

from __future__ import annotations

import io
import struct

import numpy
import pytest
from PIL import Image

from gongkai.extract.cell_places import read_placed
from gongkai.extract.model.report import Source
from gongkai.publish.rendering import page_picture
from gongkai.publish.rendering.page_picture import draw_page
from gongkai.publish.rendering.png_file import encode_png
from tests.publish.kept_reports import frozen_document

RED = 14


def boxed(case: str, key: tuple[str, str, str]) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """Return the picture of the page with a cell, and the box that is drawn on it."""
    body = frozen_document(case)
    placed = read_placed(body, Source())
    assert placed is not None
    place = dict(placed.cells())[key].place
    assert place is not None
    assert place.box is not None
    picture = draw_page(body, place.page, (place.box,), place.turn)
    image = Image.open(io.BytesIO(picture))
    shades = numpy.asarray(image)
    rows, columns = numpy.nonzero(shades == RED)
    return image, (columns.min(), rows.min(), columns.max(), rows.max())


@pytest.mark.parametrize("case", ["pdf-chromium-zebra", "pdf-lo-landscape", "pdf-hand-turned"])
def test_the_box_is_around_the_cell(case: str) -> None:
    """The cell of the last column stands at the right, with ink inside its box."""
    image, (left, top, right, bottom) = boxed(case, ("requests", "new", "total"))
    assert left > image.width / 2
    assert 20 < right - left < image.width / 4
    assert 10 < bottom - top < image.height / 8
    inside = numpy.asarray(image)[top + 4 : bottom - 3, left + 4 : right - 3]
    assert (inside < 8).any()


def test_the_pixels_of_a_page_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_picture, "MOST_PIXELS", 10_000)
    picture = draw_page(frozen_document("pdf-lo-plain"), 1, ())
    wide, high = struct.unpack(">II", picture[16:24])
    assert 9_000 < wide * high < 11_000


def test_a_box_outside_of_the_page_is_cut() -> None:
    body = frozen_document("pdf-lo-plain")
    assert draw_page(body, 1, ((-50.0, -50.0, 9_000.0, 9_000.0),))
    assert draw_page(body, 1, ((9_000.0, 9_000.0, 9_100.0, 9_100.0),))
    with pytest.raises(ValueError, match="page 99"):
        draw_page(body, 99, ())


@pytest.mark.parametrize("width", [1, 2, 3, 8])
def test_a_png_has_the_shades_that_were_given(width: int) -> None:
    shades = numpy.arange(width * 3, dtype=numpy.uint8).reshape(3, width) % 16
    palette = bytes(part for n in range(16) for part in (n, 2 * n, 3 * n))
    image = Image.open(io.BytesIO(encode_png(shades, palette)))
    assert (numpy.asarray(image) == shades).all()
    assert image.convert("RGB").getpixel((0, 0)) == (0, 0, 0)
