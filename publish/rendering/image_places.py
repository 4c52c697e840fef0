"""Images of kept pages: a place for each in the markup, and kept images put into the places."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from gongkai.publish.rendering.picture_size import picture_pixels

MOST_IMAGES = 40
"""Images of a page that are shown."""

MOST_BYTES = 3_000_000
"""Of all images of a page together."""

MOST_PIXELS = 50_000_000
"""Of all images of a page together; a browser takes four bytes for each."""

LONGEST_ADDRESS = 2_000
_PLACE = "data:image/gif;base64,PLACE"
_IN_MARKUP = re.compile(r"<img[^<>]{0,2000}?data:image/gif;base64,PLACE(\d{1,4})\"[^<>]{0,2000}>")
_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
)
_ALT = re.compile(r'alt="([^"]{0,400})"')
_CLASS = re.compile(r' class="[A-Za-z0-9_ -]{1,1000}"', re.ASCII)


def image_place(images: dict[str, int], address: str) -> str:
    """Return what stands for an image until it is put in, "" for one that is not shown.

    `images` has the addresses so far with their numbers.
    """
    address = address.strip()
    if not address or len(address) > LONGEST_ADDRESS or address.startswith("data:"):
        return ""
    if address not in images and len(images) >= MOST_IMAGES:
        return ""
    return f"{_PLACE}{images.setdefault(address, len(images))}"


def put_images(markup: str, kept: Mapping[int, bytes]) -> str:
    """Return markup with kept images in their places, and with the words of the others.

    `kept` has the bytes by the number of the image. What is no PNG, JPEG or GIF file is left out, and so is
    one that does not say how large it is, or says that it is too large.
    """
    left, pixels = MOST_BYTES, MOST_PIXELS
    shown: dict[int, str] = {}
    for number, body in kept.items():
        kind = next((name for magic, name in _KINDS if body.startswith(magic)), "")
        size = picture_pixels(body) if kind else None
        if size is None or len(body) > left or size > pixels:
            continue
        left, pixels = left - len(body), pixels - size
        shown[number] = f"data:image/{kind};base64,{base64.b64encode(body).decode()}"

    def place(found: re.Match[str]) -> str:
        alt = _ALT.search(found[0])
        words = alt[1] if alt else ""
        source = shown.get(int(found[1]))
        if source is None:
            return f"<span>{words}</span>" if words else ""
        classes = _CLASS.search(found[0])
        return f'<img src="{source}" alt="{words}"{classes[0] if classes else ""}>'

    return _IN_MARKUP.sub(place, markup)
