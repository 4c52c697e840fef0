"""Write the proof of a number as a folder that can be checked without us."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.archive.commands.shared.originals import OriginalReader
from gongkai.archive.errors import ArchiveError
from gongkai.catalogue import Language
from gongkai.crawler.warc.file import StorageError
from gongkai.errors import cause_of
from gongkai.publish.pages.proof.evidence import Evidence
from gongkai.publish.pages.proof.page_parts import FoundParts, PageParts, find_parts, read_parts
from gongkai.publish.pages.proof.proof_export import proof_record
from gongkai.publish.pages.proof.proof_file import (
    PAGE,
    PICTURE,
    SUMS,
    WACZ,
    WARC,
    ProofFiles,
    write_readme,
    write_sheet,
)
from gongkai.publish.pages.proof.proof_sheet import ProofSheet, load_sheet
from gongkai.publish.pages.proof.shown_cell import CellView, draw_cell, view_cell
from gongkai.publish.pages.proof.sightings import Sightings
from gongkai.publish.pages.report.originals import SUFFIXES
from gongkai.publish.rendering.framed_page import framed_page
from gongkai.publish.rendering.rendering_box import CannotRender, RenderingBox

if TYPE_CHECKING:
    from gongkai.crawler.evidence.manifest_chain import ManifestChain
    from gongkai.crawler.evidence.wacz_records import PackedRecord
    from gongkai.crawler.warc.snapshot import Snapshot
    from gongkai.crawler.warc.store import Snapshots

MANIFESTS = "manifests"
DRAFT_SUFFIX = ".new"
MOST_MANIFESTS = 1_000
"""Manifests from the one of the record to the one that is stamped, which are copied."""

CellKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Proof:
    """What a folder is written from."""

    sheet: ProofSheet
    snapshot: str  # id of the snapshot with the original
    body: bytes
    view: CellView | None
    picture: bytes
    evidence: Evidence | None
    found: FoundParts = field(default_factory=FoundParts)
    parts: PageParts = field(default_factory=PageParts)


def find_sheet(conn: sqlite3.Connection, report: str, key: CellKey) -> ProofSheet:
    """Return the proof of a cell.

    Raises:
        ArchiveError: There is no such cell, or no original of its report.
    """
    conn.row_factory = sqlite3.Row
    sheet = load_sheet(conn, report, key)
    if sheet is None:
        raise ArchiveError("proof_cell_missing", report=report, cell=" ".join(filter(None, key)))
    if sheet.original is None:
        raise ArchiveError("proof_original_missing", report=report)
    return sheet


def write_proof(
    conn: sqlite3.Connection,
    kept: Snapshots,
    sheet: ProofSheet,
    folder: Path,
    lang: Language,
    signing_key: Path | None,
) -> list[str]:
    """Write the proof of a cell into a new folder, and return the names of its files.

    `conn` is the archive that the sheet is from.

    Raises:
        ArchiveError: The folder is not empty, or the original cannot be read.
        StorageError: A record cannot be read, or a file not written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArchiveError("proof_folder_taken", path=str(folder))
    sheet = replace(sheet, sightings=_as_recorded(kept, sheet.sightings))
    proof = _collect(conn, kept, sheet)
    content: dict[str, bytes] = {}
    name = f"original{SUFFIXES.get(sheet.original.media_type if sheet.original else '', '.bin')}"
    content[name] = proof.body
    view = ""
    if proof.picture:
        view, content[PICTURE] = PICTURE, proof.picture
    elif proof.view and proof.view.frame in ("page", "table"):
        marks = proof.view.cell.numbers if proof.view.cell else ()
        page = framed_page(
            proof.view.document.markup,
            marks,
            images=proof.parts.images,
            styles=proof.parts.styles,
        )
        view, content[PAGE] = PAGE, page.encode()
    manifests, stamps = _manifests(kept, proof.evidence, content)
    content[WARC], offset, length = _records(kept, proof)
    files = ProofFiles(name, view, offset, length, manifests, stamps)
    record = proof_record(sheet, proof.view, proof.evidence)
    content["proof.json"] = json.dumps(record, ensure_ascii=False, indent=1).encode() + b"\n"
    content["proof.html"] = write_sheet(sheet, proof.view, proof.evidence, files, lang).encode()
    content["README.md"] = write_readme(sheet, files, proof.evidence, lang).encode()
    with _whole_or_nothing(folder) as draft:
        _write(draft, content)
        _write_wacz(kept, proof, draft / WACZ, signing_key)
        return _write_sums(draft, [*content, WACZ])


def _as_recorded(kept: Snapshots, sightings: Sightings) -> Sightings:
    """Return sightings with what the records of visits that found the same say of the time.

    The archive knows when the last of such visits probably took place, and not what the server said.
    """
    listed = []
    for each in sightings.listed:
        found = None if each.server_date else kept.find(each.snapshot, each.warc, each.offset)
        if found and not each.seen_by:
            said = found.server_date or None
            each = replace(each, server_date=said, recorded=found.fetched_at)
        listed.append(each)
    return replace(sightings, listed=tuple(listed))


def _collect(conn: sqlite3.Connection, kept: Snapshots, sheet: ProofSheet) -> _Proof:
    assert sheet.original is not None
    key = sheet.original.snapshot
    read = OriginalReader(kept.folder)
    try:
        body, evidence = read(key), read.evidence(key)
    except LookupError as problem:
        raise ArchiveError("proof_original_missing", report=sheet.report_id) from problem
    box = RenderingBox()
    try:
        view = view_cell(box, sheet, body)
        picture = draw_cell(box, view, body) if view.frame == "picture" else b""
        shown = view.document
        found = find_parts(conn, sheet.original.url, shown, sheet.sightings.last)
        parts = read_parts(read, box, found, shown)
    except CannotRender:
        return _Proof(sheet, key, body, None, b"", evidence)
    finally:
        box.close()
    return _Proof(sheet, key, body, view, picture, evidence, found, parts)


def _snapshots(kept: Snapshots, proof: _Proof) -> list[Snapshot]:
    """Return the fetches that had the document, that with its bytes first, and those of its parts."""
    places = {
        proof.snapshot: ("", 0),
        **{each.snapshot: (each.warc, each.offset) for each in proof.sheet.sightings.listed},
        **dict.fromkeys(proof.found.snapshots, ("", 0)),
    }
    return [found for name, place in places.items() if (found := kept.find(name, *place))]


def _packed(kept: Snapshots, proof: _Proof) -> list[PackedRecord]:
    from gongkai.crawler.evidence.wacz_records import packed_records

    return list(packed_records(kept, _snapshots(kept, proof)))


def _records(kept: Snapshots, proof: _Proof) -> tuple[bytes, int, int]:
    """Return the records of all fetches as they were written, and where the original stands there."""
    data = bytearray()
    offset, length = 0, 0
    for each in _packed(kept, proof):
        if each.record.id == proof.snapshot:
            offset, length = len(data), len(each.packed)
        data += each.packed
    return bytes(data), offset, length


def _manifests(
    kept: Snapshots, evidence: Evidence | None, content: dict[str, bytes]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Put manifests and timestamps into the content, and return their names."""
    from gongkai.crawler.evidence.manifest_chain import ManifestChain
    from gongkai.crawler.evidence.stamp_files import read_stamp

    if evidence is None:
        return (), ()
    last = max((stamp.stamped for stamp in evidence.stamps), default=evidence.number)
    with ManifestChain(kept.folder) as chain:
        names = tuple(
            _copy(chain, number, content)
            for number in range(evidence.number, min(last, evidence.number + MOST_MANIFESTS) + 1)
        )
        stamps = []
        for stamp in evidence.stamps:
            name = f"{MANIFESTS}/{Path(stamp.file).name}"
            content[name] = read_stamp(kept.folder / stamp.file)
            stamps.append((name, _copy(chain, stamp.stamped, content)))
    return names, tuple(stamps)


def _copy(chain: ManifestChain, number: int, content: dict[str, bytes]) -> str:
    name = f"{MANIFESTS}/{chain.path(number).name}"
    content[name] = chain.content(number)
    return name


@contextmanager
def _whole_or_nothing(folder: Path) -> Iterator[Path]:
    """Give a draft beside a folder; it gets the name of the folder when the block ends, else is removed.

    Raises:
        ArchiveError: The folder or a file in it cannot be written.
    """
    draft = folder.with_name(f".{folder.name}{DRAFT_SUFFIX}")
    try:
        shutil.rmtree(draft, ignore_errors=True)  # of a process that was killed
        draft.mkdir(parents=True)
        yield draft
        draft.replace(folder)
    except StorageError:
        raise
    except OSError as problem:
        why = cause_of(problem)
        raise ArchiveError("proof_folder_unwritable", path=str(folder), why=why) from problem
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(folder: Path, content: Mapping[str, bytes]) -> None:
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _write_wacz(kept: Snapshots, proof: _Proof, path: Path, signing_key: Path | None) -> None:
    from gongkai.crawler.evidence.wacz_signature import load_signer
    from gongkai.crawler.evidence.wacz_writer import WaczAbout, WaczPage, write_wacz

    title = str(proof.sheet.report["title"] or proof.sheet.report_id)
    pages = [
        WaczPage(each.url, each.at, f"{title} {each.at[:10]}", each.snapshot)
        for each in proof.sheet.sightings.listed
    ]
    signer = load_signer(signing_key) if signing_key else None
    write_wacz(_packed(kept, proof), path, pages, WaczAbout(title), signer)


def _write_sums(folder: Path, names: Sequence[str]) -> list[str]:
    """Write the digests of all files as sha256sum reads them."""
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in sorted(names)
    ]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    return [*sorted(names), SUMS]
