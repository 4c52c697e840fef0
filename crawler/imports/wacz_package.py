"""WACZ packages (Webrecorder, 1.1.1 and the draft of 1.2.0): a ZIP file with WARC files and their digests."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from gongkai.crawler.evidence.wacz_signature import check_signature
from gongkai.crawler.evidence.wacz_writer import DIGEST_PATH, PACKAGE_PATH
from gongkai.crawler.foreign.payload_digests import plain_digest
from gongkai.crawler.imports.packed_stream import FREE_BYTES, MAX_RATIO
from gongkai.foreign_json import parse_json

MAX_MEMBERS = 10_000
MAX_DESCRIPTION_BYTES = 16 << 20
PIECE_BYTES = 1 << 20
WARC_FOLDER = "archive/"
UNREADABLE = (
    KeyError,
    ValueError,
    RecursionError,
    EOFError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a file of a package raises that is missing, damaged, encrypted or no JSON."""

SignatureState = Literal["right", "wrong", "unsigned"]
"""Whether what a package says of its files is what was signed, by whomever."""


class BrokenPackage(Exception):
    """A package cannot be read; the argument is the reason, one word."""


@dataclass(frozen=True, slots=True)
class PackageMember:
    """A WARC file in a package: its name, its size, and the SHA-256 of the file as hex digits."""

    name: str
    size: int
    digest: str


class WaczPackage:
    """An open package. `software` is the program that made it, as far as it says so.

    `signature` tells of its own signature. It says that the package is as its maker left it, and nothing
    of who that is: the key stands in the package too.
    """

    def __init__(self, path: Path) -> None:
        """Open a package and read what it says of its files.

        Raises:
            BrokenPackage: It is no package, or too large to look at.
            OSError: The file cannot be read.
        """
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile:
            raise BrokenPackage("no_archive") from None
        if len(self._zip.infolist()) > MAX_MEMBERS:
            self._zip.close()
            raise BrokenPackage("too_many")
        content = self._small_file(PACKAGE_PATH)
        described = _object(content)
        software = described.get("software")
        self.software = software if isinstance(software, str) else ""
        self.signature = self._check_signature(content)
        self._digests = _stated_digests(described)

    def __enter__(self) -> WaczPackage:
        return self

    def __exit__(self, *error: object) -> None:
        self._zip.close()

    def members(self) -> Iterator[PackageMember | tuple[str, str]]:
        """Yield the WARC files, or the name and the reason where one is not what the package says."""
        for info in self._zip.infolist():
            if not info.filename.startswith(WARC_FOLDER) or info.is_dir():
                continue
            try:
                if info.file_size > FREE_BYTES + MAX_RATIO * info.compress_size:
                    yield info.filename, "too_large"
                    continue
                digest = self._digest_of(info)
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError):
                yield info.filename, "damaged"
                continue
            stated = self._digests.get(info.filename)
            if stated and stated != f"sha256:{digest}":
                yield info.filename, "digest"
            else:
                yield PackageMember(info.filename, info.compress_size, digest)

    def open(self, member: PackageMember) -> BinaryIO:
        """Open a WARC file of the package."""
        return self._zip.open(member.name)  # type: ignore[return-value]  # IO[bytes]

    def _digest_of(self, info: zipfile.ZipInfo) -> str:
        digest = hashlib.sha256()
        with self._zip.open(info) as file:
            while piece := file.read(PIECE_BYTES):
                digest.update(piece)
        return digest.hexdigest()

    def _check_signature(self, described: bytes) -> SignatureState:
        """Return what the signature of the description of a package is worth."""
        stated = _object(self._small_file(DIGEST_PATH))
        digest = f"sha256:{hashlib.sha256(described).hexdigest()}"
        if not stated:
            return "unsigned"
        if stated.get("hash") != digest:
            return "wrong"
        signed = stated.get("signedData")
        if signed is None:
            return "unsigned"
        if not isinstance(signed, dict) or check_signature(signed, digest, ()).wrong:
            return "wrong"
        return "right"

    def _small_file(self, name: str) -> bytes:
        """Return a file of the package up to a bound, b"" where it cannot be read."""
        try:
            with self._zip.open(name) as file:
                return file.read(MAX_DESCRIPTION_BYTES)
        except UNREADABLE:
            return b""


def _object(content: bytes) -> dict[str, object]:
    try:
        found = parse_json(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _stated_digests(described: dict[str, object]) -> dict[str, str]:
    resources = described.get("resources")
    found = {}
    for each in resources if isinstance(resources, list) else ():
        if isinstance(each, dict):
            path, digest = each.get("path"), each.get("hash")
            if isinstance(path, str) and isinstance(digest, str):
                found[path] = plain_digest(digest)
    return {path: digest for path, digest in found.items() if digest.startswith("sha256:")}
