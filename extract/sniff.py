"""What a document is by its first bytes; names and headers lie."""

from __future__ import annotations

import io
import re
import zipfile

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|script|div|table|span|center|font|br|p[\s>])",
    re.I,
)


def sniff(body: bytes, media_type: str = "") -> str:
    """The media type of `body`, without parameters; "" for an empty one.

    >>> sniff(b"<html><p>1", "application/pdf")
    'text/html'
    """
    head = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not head:
        return ""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if b"%PDF-" in body[:1024]:
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(body)
    if _HTML.search(body[:8192]) or "html" in media_type.lower():
        return "text/html"
    if head.count(b"\x00") > len(head) // 10:
        return "application/octet-stream"
    return "text/plain"


def _zip_kind(body: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(body)).namelist()[:200]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "application/zip"
    if any(name.startswith("word/") for name in names):
        return DOCX
    if any(name.startswith("xl/") for name in names):
        return XLSX
    return "application/vnd.ofd" if "OFD.xml" in names else "application/zip"
