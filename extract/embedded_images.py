"""Find pictures inside a document, which can be its tables."""

from __future__ import annotations

import email
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from urllib.parse import unquote

from gongkai.extract.chinese.charset import decode_text
from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.docx.docx_parts import open_parts
from gongkai.extract.formats.media_type import DOCX, MHTML
from gongkai.extract.formats.zip_archive import open_zip, read_member

MOST = 12
SMALLEST = 4_000
"""Bytes; pictures of tables are larger, unlike signs, lines and seals."""

_LARGEST = 16 * 1024 * 1024
_DATA = re.compile(r"""<img[^>]{0,300}?\ssrc\s*=\s*["']data:image/[\w.+-]+;base64,([^"']+)""", re.I)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def find_embedded_images(body: bytes, media_type: str) -> list[bytes]:
    """Return the pictures in a page (data: addresses), Word file or MHTML file, in their order."""
    try:
        found = [p for p in _images(body, media_type) if SMALLEST <= len(p) <= _LARGEST]
    except ExtractError:
        return []
    return found[:MOST]


def _images(body: bytes, media_type: str) -> Iterator[bytes]:
    if media_type == DOCX:
        yield from _word_images(body)
    elif media_type == MHTML:
        for part in email.message_from_bytes(body).walk():
            content = part.get_payload(decode=True)
            if part.get_content_maintype() == "image" and isinstance(content, bytes):
                yield content
    elif media_type == "text/html":
        for match in _DATA.finditer(decode_text(body)):
            try:
                yield b64decode(unquote(match[1]))
            except NotBase64:
                continue


def _word_images(body: bytes) -> Iterator[bytes]:
    """Yield the pictures of a Word file in the order in which the text shows them."""
    parts = open_parts(body)
    with open_zip(body) as package:
        members = {member.filename.lower(): member for member in package.infolist()}
        for drawn in parts.document.iter("{*}blip", "{*}imagedata"):
            name = drawn.get(_RELATION + "embed") or drawn.get(_RELATION + "id") or ""
            member = members.get(parts.targets.get(name, "").lower())
            if member is not None:
                yield read_member(package, member, _LARGEST)
