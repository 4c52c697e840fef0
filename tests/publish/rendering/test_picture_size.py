"""Pictures of kept pages: how large they say that they are, and which of them a page shows."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from gongkai.publish.rendering.image_places import image_place, put_images
from gongkai.publish.rendering.picture_size import picture_pixels


def picture(width: int, height: int, kind: str) -> bytes:
    file = BytesIO()
    Image.new("L", (width, height)).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "JPEG"])
def test_pictures_say_how_large_they_are(kind: str) -> None:
    assert picture_pixels(picture(30, 7, kind)) == 210


@pytest.mark.parametrize(
    "body", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8", b"\xff\xd8\xff" * 9999, b"<svg>"]
)
def test_a_size_that_is_not_stated_is_unknown(body: bytes) -> None:
    assert picture_pixels(body) is None


@pytest.mark.parametrize("kind", ["PNG", "GIF", "JPEG"])
def test_a_small_file_with_many_pixels_is_left_out_and_the_next_is_shown(kind: str) -> None:
    places: dict[str, int] = {}
    markup = "".join(
        f'<img src="{image_place(places, each)}" alt="{each}">' for each in ("large", "small")
    )
    large = picture(9000, 9000, kind)
    assert len(large) < 2_000_000
    shown = put_images(markup, {0: large, 1: picture(3, 3, kind)})
    assert "<span>large</span>" in shown
    assert f'<img src="data:image/{kind.lower()};base64,' in shown
