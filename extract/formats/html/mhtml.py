"""Read web pages saved as one file (.mht, or .doc by "single file web page" in Word)."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace

from gongkai.extract.errors import ExtractError, TooLarge
from gongkai.extract.formats.html.html_reader import read_html
from gongkai.extract.formats.html.second_tables import read_html_again
from gongkai.extract.formats.media_type import MHTML
from gongkai.extract.model.document import Document

MAX_BYTES = 32 * 1024 * 1024
_MAX_LINES = 20_000  # lines that can be boundaries between parts


def read_mhtml(body: bytes, media_type: str = "") -> Document:
    """Read the page of an MHTML file. No other errors are raised.

    Raises:
        TooLarge: the file exceeds a limit
        ExtractError: the file has no page
    """
    return replace(read_html(*page_of_mhtml(body)), media_type=MHTML)


def read_mhtml_again(body: bytes, media_type: str = "") -> Document:
    """Return the text and the grids of the page of an MHTML file as the second reader sees them.

    Raises:
        TooLarge: the file exceeds a limit
        ExtractError: the file has no page
    """
    return replace(read_html_again(*page_of_mhtml(body)), media_type=MHTML)


def page_of_mhtml(body: bytes) -> tuple[bytes, str]:
    """Return the bytes of the first page in an MHTML file, and the media type that it declares."""
    if len(body) > MAX_BYTES:
        raise TooLarge("mhtml_too_large", size=len(body), most=MAX_BYTES)
    if body.count(b"\n--") > _MAX_LINES:
        raise TooLarge("mhtml_too_many_parts", most=_MAX_LINES)
    try:
        message = email.message_from_bytes(body, policy=email.policy.compat32)
        pages = (part for part in message.walk() if part.get_content_type() == "text/html")
        page = next(pages, None)
    except RecursionError as problem:
        raise TooLarge("mhtml_nested_too_deeply") from problem
    content = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(content, bytes):
        raise ExtractError("mhtml_without_page")
    return content, f"text/html; charset={page.get_content_charset('')}"
