"""Decode bytes, with a fixed order of attempts.

Charset detectors take short GB18030 pages for Korean.
"""

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
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*+=\s*+(?:["']\s*+)?([\w.:-]{3,20})""", re.I)
_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]{3,20})""", re.I)
_META_WINDOW = 4096


def declared_charsets(body: bytes, media_type: str = "") -> tuple[str, ...]:
    """Return the charsets that the Content-Type header and the first meta tag state, in this order."""
    header = _HEADER.search(media_type)
    meta = _META.search(body[:_META_WINDOW])
    names = (header[1] if header else "", meta[1].decode("ascii", "replace") if meta else "")
    return tuple(name.lower() for name in names if name)


def decode_text(body: bytes, media_type: str = "") -> str:
    """Return the text of a page.

    The attempts in order: byte order mark, strict UTF-8, the declared charsets, GB18030. Strict
    UTF-8 comes before the declaration because Chinese GBK text is practically never valid UTF-8,
    while declarations are wrong in both directions. The last attempt replaces invalid bytes, so
    that a damaged page still shows what it was. No error is raised.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    for name in ("utf-8", *declared_charsets(body, media_type), "gb18030"):
        text = _decode_strictly(body, _WIDER.get(name, name))
        if text is not None:
            return text
    return body.decode(_least_broken(body), "replace")


def _decode_strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError):
        return None


def _least_broken(body: bytes) -> str:
    """Return the text in the encoding with the fewest replacement characters.

    A single wrong byte makes strict decoding fail.
    """
    sample = body[:200_000]
    return min(("utf-8", "gb18030"), key=lambda name: sample.decode(name, "replace").count("�"))
