"""Verifying a WACZ file: its files against datapackage.json, that against its digest, and the signature."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from gongkai.crawler.evidence.stamp_roots import PinnedRoot
from gongkai.crawler.evidence.wacz_signature import SignatureVerdict, check_signature
from gongkai.crawler.evidence.wacz_writer import DIGEST_PATH, PACKAGE_PATH
from gongkai.crawler.warc.file import StorageError
from gongkai.errors import cause_of
from gongkai.foreign_json import parse_json
from gongkai.messages import Message, message

MAX_JSON_BYTES = 64 << 20
MAX_MEMBERS = 100_000
PIECE_BYTES = 1 << 20
ALGORITHMS = ("sha256", "sha512", "sha1", "md5")
BROKEN = (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError)
"""What reading a ZIP file raises that is damaged, encrypted, or packed in a way that is not known."""


@dataclass
class WaczCheck:
    """What a package holds, and what is wrong with it.

    `key` is "" without a signature. That a certificate is of a domain is what the package says: no
    certificate of domains is pinned.
    """

    title: str = ""
    created: str = ""
    files: int = 0
    bytes: int = 0
    signature: SignatureVerdict = field(default_factory=SignatureVerdict)
    wrong: list[Message] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The domain, or the SHA-256 of the public key (DER), that signed."""
        signature = self.signature
        if signature.is_by_domain or not signature.signed_by:
            return signature.signed_by
        return "sha256:" + hashlib.sha256(base64.b64decode(signature.signed_by)).hexdigest()


def verify_wacz(path: Path, roots: Sequence[PinnedRoot] = ()) -> WaczCheck:
    """Read every byte of a package and compare it with what the package states.

    Raises:
        StorageError: The file cannot be read.
    """
    result = WaczCheck()
    try:
        with ZipFile(path) as package:
            _check_package(package, roots, result)
    except BROKEN as problem:
        result.wrong.append(message("wacz_unreadable", why=str(problem)[:200]))
    except OSError as problem:
        raise StorageError("wacz_missing", path=str(path), why=cause_of(problem)) from problem
    return result


def _check_package(package: ZipFile, roots: Sequence[PinnedRoot], result: WaczCheck) -> None:
    members = {info.filename: info for info in package.infolist() if not info.is_dir()}
    if len(members) != sum(not info.is_dir() for info in package.infolist()):
        result.wrong.append(message("wacz_names_twice"))
    if len(members) > MAX_MEMBERS or PACKAGE_PATH not in members:
        result.wrong.append(message("wacz_without_package"))
        return
    content = _read(package, members[PACKAGE_PATH])
    stated = _object(content)
    result.title, result.created = str(stated.get("title", "")), str(stated.get("created", ""))
    listed = _check_resources(package, members, stated, result)
    for name in sorted(members.keys() - listed - {PACKAGE_PATH, DIGEST_PATH}):
        result.wrong.append(message("wacz_file_unlisted", file=name))
    _check_digest(package, members, content, roots, result)


def _check_resources(
    package: ZipFile,
    members: Mapping[str, ZipInfo],
    stated: Mapping[str, object],
    result: WaczCheck,
) -> set[str]:
    """Compare the files with what is stated of them, and return the names of those that are stated."""
    listed = set()
    resources = stated.get("resources")
    for resource in resources if isinstance(resources, list) else []:
        if not isinstance(resource, dict):
            continue
        name = str(resource.get("path", ""))
        listed.add(name)
        if name not in members:
            result.wrong.append(message("wacz_file_missing", file=name))
            continue
        result.files += 1
        if why := _difference(package, members[name], resource, result):
            result.wrong.append(message("wacz_file_wrong", file=name, why=why))
    if not any(name.startswith("archive/") for name in listed):
        result.wrong.append(message("wacz_without_records"))
    return listed


def _difference(
    package: ZipFile, info: ZipInfo, resource: Mapping[str, object], result: WaczCheck
) -> Message | None:
    """Return how a file differs from what is stated of it, None where it does not."""
    algorithm, colon, expected = str(resource.get("hash", "")).partition(":")
    size = resource.get("bytes")
    if not colon or algorithm not in ALGORITHMS or not isinstance(size, int):
        return message("wacz_file_without_digest")
    digest, read = hashlib.new(algorithm), 0
    try:
        with package.open(info) as file:
            # no more than is stated: a packed file may unpack to anything
            while read <= size and (piece := file.read(PIECE_BYTES)):
                digest.update(piece)
                read += len(piece)
    except BROKEN:  # the checksum of the ZIP file differs, too
        return message("wacz_file_changed")
    result.bytes += read
    is_same = read == size and digest.hexdigest() == expected.lower()
    return None if is_same else message("wacz_file_changed")


def _check_digest(
    package: ZipFile,
    members: Mapping[str, ZipInfo],
    content: bytes,
    roots: Sequence[PinnedRoot],
    result: WaczCheck,
) -> None:
    if DIGEST_PATH not in members:
        return
    stated = _object(_read(package, members[DIGEST_PATH]))
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    if stated.get("hash") != digest:
        result.wrong.append(message("wacz_package_changed"))
    if isinstance(signed := stated.get("signedData"), dict):
        result.signature = check_signature(signed, digest, roots)
        result.wrong += result.signature.wrong


def _read(package: ZipFile, info: ZipInfo) -> bytes:
    """Return a small file.

    Raises:
        ValueError: It is too large.
    """
    with package.open(info) as file:
        content = file.read(MAX_JSON_BYTES + 1)
    if len(content) > MAX_JSON_BYTES:
        raise ValueError(f"{info.filename} is too large")
    return content


def _object(content: bytes) -> dict[str, object]:
    """Return a JSON object.

    Raises:
        ValueError: There is none.
    """
    found = parse_json(content)
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found
