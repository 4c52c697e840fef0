"""Open ZIP containers (Word, Excel, attachments) within limits; nothing is written to disk."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from gongkai.extract.errors import Encrypted, ExtractError, TooLarge

MAX_DIRECTORY = 1024 * 1024
MAX_MEMBERS = 2_000
MAX_UNPACKED = 128 * 1024 * 1024
_MAX_RATIO = 1_000  # Word's XML packs to a tenth; a text of zeros to a thousandth
_RATIO_FROM = 8 * 1024 * 1024
_ENCRYPTED = 0x1
_UTF8 = 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

# Raised by zipfile for damaged containers, as tests with such containers showed.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, NotImplementedError,
    OverflowError, RuntimeError, ValueError, OSError,
)  # fmt: skip


def open_zip(body: bytes) -> zipfile.ZipFile:
    """Open a container.

    Raises:
        TooLarge: its directory exceeds a limit
        ExtractError: it is damaged
    """
    if directory_size(body) > MAX_DIRECTORY:
        raise TooLarge("zip_directory_too_large", most=MAX_DIRECTORY)
    try:
        container = zipfile.ZipFile(io.BytesIO(body))
    except DAMAGED as problem:
        raise ExtractError("zip_damaged", why=_describe_error(problem)) from problem
    members = container.infolist()
    if len(members) > MAX_MEMBERS:
        raise TooLarge("zip_too_many_files", files=len(members), most=MAX_MEMBERS)
    size = sum(member.file_size for member in members)
    if size > MAX_UNPACKED:
        raise TooLarge("zip_unpacks_too_large", size=size, most=MAX_UNPACKED)
    return container


def directory_size(body: bytes) -> int:
    """Return the size of the directory in bytes as its end record states it, 0 without one."""
    end = body.rfind(b"PK\x05\x06", max(0, len(body) - 65_557))
    if end < 0 or len(body) < end + 22:
        return 0
    size = int(struct.unpack_from("<L", body, end + 12)[0])
    if body[end - 20 : end - 16] == b"PK\x06\x07":  # sizes of 64 bits in a record of their own
        wide = body.rfind(b"PK\x06\x06", 0, end)
        if wide >= 0 and len(body) >= wide + 56:
            size = max(
                size if size != 0xFFFFFFFF else 0, struct.unpack_from("<Q", body, wide + 40)[0]
            )
    return size


def read_member(container: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """Return the content of one member, of at most `most` bytes.

    Raises:
        Encrypted: the member is protected by a password
        TooLarge: the member exceeds a limit
        ExtractError: the member is damaged
    """
    if member.flag_bits & _ENCRYPTED:
        raise Encrypted("zip_locked")
    if member.compress_type not in _METHODS:
        raise ExtractError("zip_method_unsupported", method=member.compress_type)
    if member.file_size > most:
        raise TooLarge("zip_member_too_large", size=member.file_size)
    if member.file_size > max(_RATIO_FROM, _MAX_RATIO * member.compress_size):
        raise TooLarge("zip_ratio_implausible")
    try:
        with container.open(member) as file:
            return file.read(most + 1)
    except DAMAGED as problem:
        raise ExtractError("zip_damaged", why=_describe_error(problem)) from problem


def member_name(member: zipfile.ZipInfo) -> str:
    """Return the name as people see it; names without the UTF-8 flag were mostly written in GBK.

    The name is only shown and its suffix examined: names such as ../../etc/passwd are harmless.
    """
    name = member.filename
    if not member.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            return name.replace("\\", "/")
    return name.replace("\\", "/")


def _describe_error(problem: Exception) -> str:
    return " ".join(f"{type(problem).__name__}: {problem}".split())[:160]
