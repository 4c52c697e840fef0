"""The files that an import is given, each as a sequence of records, whatever its format is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from gongkai.crawler.imports import har_log, mhtml_page
from gongkai.crawler.imports.har_log import har_records
from gongkai.crawler.imports.mhtml_page import mhtml_records
from gongkai.crawler.imports.packed_stream import PackedStream, Reached, TooMuch, unwatched
from gongkai.crawler.imports.record_stream import Item, NoArchive, SkippedRecord, stream_records
from gongkai.crawler.imports.wacz_package import BrokenPackage, PackageMember, WaczPackage
from gongkai.crawler.warc.trust import OTHER_SUFFIXES
from gongkai.regular_file import FileTooLarge, open_regular, read_regular

MAX_FILES = 100_000
PIECE_BYTES = 1 << 20
ZIP_MAGIC = b"PK\x03\x04"
SUFFIXES = (".warc.gz", *OTHER_SUFFIXES)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to import. `digest` is the SHA-256 of what is read, as hex digits; `software` made it.

    `is_page_log` tells that the file is what one browser loaded: its documents belong to its pages.
    `signature` is what the signature of its package is worth ("right", "wrong", "unsigned"), "" for a
    file that is in none.
    """

    name: str
    digest: str
    software: str = ""
    is_page_log: bool = False
    signature: str = ""


class UnreadSource(Exception):
    """A file, or the rest of it, is not read; the argument is the reason, one word."""


def find_files(paths: Iterable[Path], own: Path) -> Iterator[Path]:
    """Yield the files that are named, and those of web archives in the folders that are named.

    Links are not followed, and our own folder of snapshots is left out.
    """
    ours = own.resolve()
    for path in paths:
        if path.is_dir():
            found = [
                Path(folder) / name
                for folder, _, names in os.walk(path)
                for name in names
                if name.lower().endswith(SUFFIXES)
            ]
            foreign = (
                each
                for each in found
                if not each.is_symlink() and not each.resolve().is_relative_to(ours)
            )
            yield from sorted(foreign)[:MAX_FILES]
        else:
            yield path


def megabytes(path: Path) -> int:
    """Return the size of a file in megabytes, at least 1: the steps of reading it."""
    try:
        return max(1, path.stat().st_size >> 20)
    except OSError:
        return 1  # whoever reads it says so


class MegabyteSteps:
    """Calls `step` for each megabyte of a file that was read, and for the rest when it is finished."""

    def __init__(self, path: Path, step: Callable[[], None]) -> None:
        self._left = megabytes(path)
        self._all = self._left
        self._step = step

    def reached(self, place: int) -> None:
        """Note that so many bytes were read, of those that are packed."""
        self._advance(self._all - (place >> 20))

    def finish(self) -> None:
        """Note that nothing more is read."""
        self._advance(0)

    def _advance(self, left: int) -> None:
        while self._left > max(0, left):
            self._left -= 1
            self._step()


def read_source(path: Path, reached: Reached = unwatched) -> Iterator[SourceFile | Item]:
    """Yield what a file is, then its records; a package has several files.

    `reached` is told how far the file is read.

    Raises:
        UnreadSource: It, or the rest of it, cannot be read.
        OSError: The file cannot be opened.
    """
    with open_regular(path) as file:
        magic = file.read(len(ZIP_MAGIC))
    try:
        if magic == ZIP_MAGIC:
            yield from _package(path, reached)
        elif path.suffix.lower() == ".har" or magic.lstrip().startswith(b"{"):
            yield SourceFile(path.name, file_digest(path), is_page_log=True)
            yield from har_records(_whole(path, har_log.MAX_FILE_BYTES))
        elif path.suffix.lower() in (".mhtml", ".mht"):
            yield SourceFile(path.name, file_digest(path), is_page_log=True)
            yield from mhtml_records(_whole(path, mhtml_page.MAX_FILE_BYTES))
        else:
            yield SourceFile(path.name, file_digest(path))
            with open_regular(path) as file:
                yield from _records(file, path.stat().st_size, reached)
    except NoArchive:
        raise UnreadSource("no_archive") from None
    except TooMuch:
        raise UnreadSource("unpacks_to_too_much") from None
    except BrokenPackage as problem:
        raise UnreadSource(str(problem)) from None


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file as hex digits."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _package(path: Path, reached: Reached) -> Iterator[SourceFile | Item]:
    before = 0
    with WaczPackage(path) as package:
        for member in package.members():
            if not isinstance(member, PackageMember):
                name, reason = member
                yield SourceFile(f"{path.name}/{name}", "", signature=package.signature)
                yield SkippedRecord(f"file_{reason}")
                continue
            yield SourceFile(
                f"{path.name}/{member.name}",
                member.digest,
                package.software,
                signature=package.signature,
            )
            with package.open(member) as file:
                # WARC files are packed themselves, so that a package stores them as they are
                yield from _records(file, member.size, partial(_reach_behind, reached, before))
            before += member.size


def _reach_behind(reached: Reached, before: int, place: int) -> None:
    reached(before + place)


def _records(file: BinaryIO, size: int, reached: Reached) -> Iterator[Item]:
    stream = PackedStream(file, size, reached)
    yield from stream_records(stream)
    for _ in range(stream.damage):
        yield SkippedRecord("damaged")


def _whole(path: Path, most: int) -> bytes:
    try:
        return read_regular(path, most)
    except FileTooLarge as problem:
        raise UnreadSource("too_large") from problem
