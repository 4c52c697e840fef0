"""Files that a publication takes from the last one are those that it would have written."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gongkai.archive.publication import downloads, summary_files
from gongkai.archive.publication.layout import PACKAGE
from gongkai.archive.publication.parts import file_pieces
from gongkai.archive.publication.parts.file_pieces import FilePiece, FileStretch
from gongkai.archive.publication.parts.kept_files import (
    FileRecord,
    KeptFiles,
    differing_file,
    touched_parts,
    unchanged_parts,
)
from gongkai.archive.publication.parts.renewed_part import LastPart, renew_part
from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.renewal.content_digests import load_digests
from gongkai.archive.renewal.renewed_file import renew_public_file
from gongkai.archive.store.database import transaction, writer
from tests.archive.renewal.following import followed, published
from tests.archive.renewal.nights import CHILD_TABLES, EVENTS, change_archive

NIGHTS = 3
OF_THE_VERSION = {"SHA256SUMS", PACKAGE, "codebook.xml", "archive.db.gz"}


def digests(path: Path) -> dict[str, dict[str, str]]:
    with closing(sqlite3.connect(path)) as conn:
        return load_digests(conn).listed()


def named_archive(folder: Path) -> Path:
    """Return the path of a public file in a new folder: its name is that of a file for download."""
    folder.mkdir()
    return folder / "archive.db"


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def stretches_of(pieces: Iterable[FilePiece]) -> set[FileStretch]:
    return {each for piece in pieces for each in piece.stretches}


def test_the_summary_forgets_a_year_that_is_gone(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All other years are unchanged, and no file is left that would have the report."""
    monkeypatch.setattr(downloads.frictionless_check, "is_installed", lambda: False)
    with writer(db) as conn:
        (report,) = conn.execute("SELECT min(id) FROM reports").fetchone()
        conn.execute("UPDATE reports SET year = 1999 WHERE id = ?", [report])
    last = published(db, named_archive(tmp_path / "first"))
    folder, mine, theirs = (tmp_path / name for name in ("downloads", "mine", "theirs"))
    downloads.write_downloads(last.path, folder, version="0")
    with writer(db) as conn, transaction(conn):
        for table in CHILD_TABLES:
            conn.execute(f"DELETE FROM {table} WHERE report_id = ?", [report])
        conn.execute("DELETE FROM twin_passages WHERE twin_id = ?", [report])
        conn.execute("DELETE FROM reports WHERE id = ?", [report])
    renewed = named_archive(tmp_path / "renewed")
    renew_public_file(db, last, renewed)
    unchanged = unchanged_parts(digests(last.path), digests(renewed))
    kept = KeptFiles.of(folder, PACKAGE, unchanged)
    downloads.write_downloads(renewed, mine, version="1", kept=kept)
    downloads.write_downloads(renewed, theirs, version="1")
    one, other = files(mine), files(theirs)
    assert one.keys() == other.keys()
    assert {name for name in one if one[name] != other[name]} <= OF_THE_VERSION


@pytest.mark.parametrize(
    ("keys", "stretch", "longest"), [(1, 1, 0), (2, 1, 999), (5, 2, 0), (1000, 1, 999)]
)
def test_nights_in_a_row_give_the_files_of_a_full_publication(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: int, stretch: int, longest: int
) -> None:
    """Every kind of change happens once; many files are kept nevertheless, and pieces of many others."""
    monkeypatch.setattr(summary_files, "LONGEST", longest)
    monkeypatch.setattr(downloads.frictionless_check, "is_installed", lambda: False)
    monkeypatch.setattr(file_pieces, "_KEYS", {})
    monkeypatch.setattr(file_pieces, "_FEW_ROWS", keys)
    monkeypatch.setattr(file_pieces, "_STRETCHES", {})
    monkeypatch.setattr(file_pieces, "_SHORT_ROWS", stretch)
    kept_stretches = 0

    def renew_and_note(*given: Any) -> list[FilePiece] | None:
        pieces = renew_part(*given)
        last: LastPart = given[-1]
        nonlocal kept_stretches
        kept_stretches += len(stretches_of(pieces or ()) & stretches_of(last.pieces))
        return pieces

    monkeypatch.setattr(downloads, "renew_part", renew_and_note)
    dice = random.Random(15)
    events = list(dict.fromkeys(EVENTS))
    last = published(db, named_archive(tmp_path / "first"))
    folder = tmp_path / "downloads"
    pieces = downloads.write_downloads(last.path, folder, version="0")
    kept_files = 0
    for night in range(NIGHTS):
        told = change_archive(db, dice, events[night::NIGHTS])
        renewed = named_archive(tmp_path / f"renewed{night}")
        anew = named_archive(tmp_path / f"anew{night}")
        found = renew_public_file(db, last, renewed)
        write_public_file(db, anew)
        unchanged = unchanged_parts(digests(last.path), digests(renewed))
        kept = KeptFiles.of(folder, PACKAGE, unchanged, pieces, touched_parts(found.keys))
        mine, theirs = tmp_path / f"mine{night}", tmp_path / f"theirs{night}"
        pieces = downloads.write_downloads(renewed, mine, version=str(night), kept=kept)
        downloads.write_downloads(anew, theirs, version=str(night))
        one, other = files(mine), files(theirs)
        assert one.keys() == other.keys(), told
        wrong = {name for name in one if one[name] != other[name]} - OF_THE_VERSION
        assert wrong == set(), told
        kept_files += sum(
            (folder / name).is_file() and (mine / name).samefile(folder / name) for name in one
        )
        last, folder = followed(renewed, found), mine
    assert kept_files > 100
    assert kept_stretches > 10


def test_a_file_that_cannot_be_read_differs(tmp_path: Path) -> None:
    """Reading a folder fails as reading from a broken disk does."""
    (tmp_path / "broken.csv.gz").mkdir()
    (tmp_path / "whole.csv.gz").write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    records = {name: FileRecord(1, empty) for name in ("broken.csv.gz", "whole.csv.gz")}
    assert differing_file(tmp_path, records, 1) == "broken.csv.gz"
    assert differing_file(tmp_path, records | {"gone": FileRecord(1, empty)}, 0) == "broken.csv.gz"
    assert differing_file(tmp_path, {"gone": FileRecord(1, empty)}, 0) is None
