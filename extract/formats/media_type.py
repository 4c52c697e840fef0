"""Recognise the type of a document by its first bytes; names and headers are unreliable."""

from __future__ import annotations

import codecs
import re

from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.ole_container import MAGIC as OLE
from gongkai.extract.formats.ole_container import ole_kind
from gongkai.extract.formats.zip_archive import open_zip

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ZIP = "application/zip"
OFD = "application/vnd.ofd"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
RTF = "application/rtf"
MHTML = "multipart/related"
LOCKED = "application/x-ole-storage"
"""An Office file of any kind in a container that is protected by a password."""

_OLE = {"excel": XLS, "slides": "application/vnd.ms-powerpoint", "encrypted": LOCKED}
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|script|div|table|span|center|font|br|p[\s>])",
    re.I,
)
# "Save as" of Word makes single files of XML, too, which are called .doc or .xml.
_WORD_XML = (b"schemas.microsoft.com/office/word/2003/wordml", b"office/2006/xmlPackage")
_MAIL = re.compile(rb"^MIME-Version:|^Content-Type:\s*multipart/related", re.I | re.M)


def sniff(body: bytes, media_type: str = "") -> str:
    """Return the media type of `body` without parameters, "" for an empty document.

    >>> sniff(b"<html><p>1", "application/pdf")
    'text/html'
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = body[:8192].replace(b"\x00", b"")
        return "text/html" if _HTML.search(text) else "text/plain"
    head = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not head:
        return ""
    if head.startswith(OLE):
        return _OLE.get(ole_kind(body), DOC)
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(body)  # checked first, because its first member may be an uncompressed PDF
    if b"%PDF-" in body[:1024]:
        return "application/pdf"
    if head.startswith(b"<?xml") and any(words in body[:4096] for words in _WORD_XML):
        return DOC
    if _MAIL.search(head) and b"multipart/related" in head.lower():
        return MHTML
    if _HTML.search(body[:8192]) or "html" in media_type.lower():
        return "text/html"
    if head.count(b"\x00") > len(head) // 10:
        return "application/octet-stream"
    return "text/plain"


def _zip_kind(body: bytes) -> str:
    try:
        names = [name.replace("\\", "/").lower() for name in open_zip(body).namelist()]
    except ExtractError:
        return ZIP
    if any(name.startswith("word/") for name in names):
        return DOCX
    if any(name.startswith("xl/") for name in names):
        return XLSX
    if "ofd.xml" in names:
        return OFD
    return ODT if "content.xml" in names and "meta-inf/manifest.xml" in names else ZIP
