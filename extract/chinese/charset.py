"""Bytes to text, by a ladder of our own: detectors take a short GB18030 page for Korean."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# 朱镕基 is not in GB2312: pages labelled gb2312 or gbk hold GB18030 characters.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030"}
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{3,20})""", re.I)
_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]{3,20})""", re.I)
_META_WINDOW = 4096


def declared_charsets(body: bytes, media_type: str = "") -> tuple[str, ...]:
    """Charset names stated by the Content-Type header and by the first meta tag, in that order."""
    header = _HEADER.search(media_type)
    meta = _META.search(body[:_META_WINDOW])
    names = (header[1] if header else "", meta[1].decode("ascii", "replace") if meta else "")
    return tuple(name.lower() for name in names if name)


def decode_text(body: bytes, media_type: str = "") -> str:
    """Text of a page: byte order mark, strict UTF-8, the declared charsets, GB18030; else repaired.

    Strict UTF-8 comes before the declaration because Chinese GBK text is practically never valid
    UTF-8, while declarations lie in both directions. The last resort replaces what cannot be read,
    so that a torn page still shows what it was; it never raises.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    for name in ("utf-8", *declared_charsets(body, media_type), "gb18030"):
        text = _try(body, _WIDER.get(name, name))
        if text is not None:
            return text
    return body.decode(_least_broken(body), "replace")


def _try(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError):
        return None


def _least_broken(body: bytes) -> str:
    """The encoding that leaves fewer replacement characters: one bad byte spoils a strict reading."""
    sample = body[:200_000]
    return min(("utf-8", "gb18030"), key=lambda name: sample.decode(name, "replace").count("�"))
