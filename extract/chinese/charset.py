"""Decode bytes, with a fixed order of attempts.

Charset detectors take short GB18030 pages for Korean.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_MARK = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
# A name that is not here says nothing about a Chinese page: ISO-8859-1 and windows-1252, which old
# servers send by default, decode any bytes, and EUC-KR most of GB18030.
_CHINESE = {
    # 朱镕基 is not in GB2312: pages labelled gb2312 or gbk hold GB18030 characters
    **dict.fromkeys(
        ("gb2312", "gb_2312-80", "gb2312-80", "gbk", "x-gbk", "cp936", "ms936", "windows-936",
         "euc-cn", "x-euc-cn", "gb18030", "chinese", "csgb2312", "iso-ir-58"),
        "gb18030",
    ),
    **dict.fromkeys(
        ("big5", "big-5", "cn-big5", "x-x-big5", "cp950", "big5-hkscs", "csbig5"), "big5hkscs"
    ),
}  # fmt: skip
_COMMON = frozenset("的一是在和有不为及与年月日政府信息公开開报報告县縣市区區工作行申请請")
"""Characters of which every report is full; the wrong one of two encodings gives rare ones."""

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*+=\s*+(?:["']\s*+)?([\w.:-]{3,20})""", re.I)
_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]{3,20})""", re.I)
_META_WINDOW = 4096
_SAMPLE_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The text of a document, and Python's name of the encoding that gave it."""

    text: str
    encoding: str


def declared_charsets(body: bytes, media_type: str = "") -> tuple[str, ...]:
    """Return the charsets that the Content-Type header and the first meta tag state, in this order."""
    header = _HEADER.search(media_type)
    meta = _META.search(body[:_META_WINDOW])
    names = (header[1] if header else "", meta[1].decode("ascii", "replace") if meta else "")
    return tuple(name.lower() for name in names if name)


def decode_text(body: bytes, media_type: str = "") -> str:
    """Return the text of a page; see `decode_document`."""
    return decode_document(body, media_type).text


def decode_document(body: bytes, media_type: str = "") -> DecodedText:
    """Return the text of a page and its encoding.

    The attempts in order: byte order mark, strict UTF-8, the declared charsets in which Chinese is
    written, GB18030. Strict UTF-8 comes before the declaration because Chinese GBK text is
    practically never valid UTF-8, while declarations are wrong in both directions. The last attempt
    replaces invalid bytes, so that a damaged page still shows what it was. No error is raised.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return DecodedText(body[len(bom) :].decode(name, "replace"), name)
    for beginning, name in _WITHOUT_MARK:
        if body.startswith(beginning):
            return DecodedText(body.decode(name, "replace"), name)
    declared = [_CHINESE.get(name, "") for name in declared_charsets(body, media_type)]
    for name in dict.fromkeys(("utf-8", *declared, "gb18030")):
        text = _decode_strictly(body, name) if name else None
        if text is not None:
            return _more_plausible(DecodedText(text, name), body)
    name = _least_broken(body)
    return DecodedText(body.decode(name, "replace"), name)


def _more_plausible(found: DecodedText, body: bytes) -> DecodedText:
    """Return the text in GB18030 where Big5 is declared and that text has more common characters.

    The two share most of their codes.
    """
    other = _decode_strictly(body, "gb18030") if found.encoding == "big5hkscs" else None
    if other is not None and _common(other) > _common(found.text):
        return DecodedText(other, "gb18030")
    return found


def _common(text: str) -> int:
    return sum(character in _COMMON for character in text[:_SAMPLE_BYTES])


def _decode_strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except UnicodeError:
        return None


def _least_broken(body: bytes) -> str:
    """Return the encoding that gives the text with the fewest replacement characters.

    A single wrong byte makes strict decoding fail.
    """
    sample = body[:_SAMPLE_BYTES]
    return min(("utf-8", "gb18030"), key=lambda name: sample.decode(name, "replace").count("�"))
