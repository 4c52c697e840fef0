"""Recognise what an OLE container (binary files of old Office and WPS) holds, by its stream names.

olefile is not used: it parses whole containers and raises errors for damaged ones, while here the
name of one stream decides; the flag of the password would still have to be read by hand.
"""

from __future__ import annotations

import re
import struct
from typing import Literal, NoReturn

from gongkai.extract.errors import Encrypted, ExtractError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ContainerKind = Literal["word", "excel", "slides", "encrypted", "other"]

# The first name found decides, because a Word file may contain a workbook.
_STREAMS: tuple[tuple[str, ContainerKind], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "word"),
    ("Workbook", "excel"),
    ("Book", "excel"),
    ("PowerPoint Document", "slides"),
)
_ENTRY = 128
_ENCRYPTED = 0x0100  # flag in the header of a Word document
_FILEPASS = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}\x2f\x00", re.S)
"""The first two records of a locked workbook; calamine only says "cannot detect"."""


def ole_kind(body: bytes) -> ContainerKind:
    """Return the kind of a container, "encrypted" for a file that is protected by a password."""
    for name, kind in _STREAMS:
        entry = _entry(body, name)
        if entry >= 0 and kind == "word" and _has_password(body, entry):
            return "encrypted"
        if entry >= 0:
            return "encrypted" if kind == "excel" and _FILEPASS.search(body) else kind
    return "other"


def _entry(body: bytes, name: str) -> int:
    """Return the position of the directory entry of a stream, -1 without one.

    Entries lie at multiples of 128 bytes.
    """
    wanted = name.encode("utf-16-le") + b"\x00\x00"
    length = struct.pack("<H", len(wanted))
    at = body.find(wanted)
    while at >= 0:
        if at % _ENTRY == 0 and body[at + 64 : at + 66] == length:
            return at
        at = body.find(wanted, at + 1)
    return -1


def _has_password(body: bytes, entry: int) -> bool:
    """Return whether the Word document with its directory entry at `entry` is encrypted."""
    if len(body) < entry + _ENTRY:
        return False
    (shift,) = struct.unpack_from("<H", body, 30)
    (sector,) = struct.unpack_from("<L", body, entry + 116)
    if shift not in (9, 12) or sector >= len(body) >> shift:
        return False
    start = (sector + 1) << shift
    header = body[start : start + 12]
    return (
        len(header) == 12
        and header[:2] == b"\xec\xa5"
        and bool(struct.unpack_from("<H", header, 10)[0] & _ENCRYPTED)
    )


def refuse_locked(body: bytes, media_type: str = "") -> NoReturn:
    """Refuse a container that cannot be read without its password.

    Raises:
        Encrypted: always
    """
    raise Encrypted("file_locked")


def refuse_old(body: bytes, media_type: str = "") -> NoReturn:
    """Refuse a file of a kind that must be converted first.

    Raises:
        ExtractError: always
    """
    raise ExtractError("conversion_needed")
