"""The originals as a site gives them to its readers: copies, evidence, packages of proofs."""

from __future__ import annotations

import io
import zipfile
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gongkai.archive.commands.shared.originals import (
    INDEX,
    OriginalReader,
    has_other_index,
    open_originals,
)
from gongkai.archive.commands.shared.proof_folder import CellKey, find_sheet, write_proof
from gongkai.archive.store.database import read_only
from gongkai.archive.terminal.console import render
from gongkai.catalogue import Language
from gongkai.crawler.warc.file import StorageError
from gongkai.errors import GongkaiError

if TYPE_CHECKING:
    from gongkai.crawler.warc.store import Snapshots

MOST_BYTES = 64 << 20
"""Of all records in a package: a server holds it in memory."""

_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP file can state; the records have their own


def copy_reader(folder: Path) -> ServedOriginals | None:
    """Return what reads originals by the ids of snapshots, None without a folder.

    An index that another version made is made again first: no reader is to wait for that.
    """
    if not folder.is_dir():
        return None
    if has_other_index(folder):
        with suppress(StorageError), open_originals(folder):
            pass  # where it failed, the site tells that originals cannot be read
    return ServedOriginals(folder)


@dataclass(frozen=True, slots=True)
class ServedOriginals(OriginalReader):
    """Reads originals and packs proofs, for a server, which never makes an index again."""

    def open(self) -> AbstractContextManager[Snapshots]:
        """Open the folder.

        Raises:
            StorageError: It cannot be used.
            LookupError: Another version made its index: that version may be at work, and would make it
                again in turn.
        """
        if has_other_index(self.folder):
            raise LookupError(render("index_other_version", path=str(self.folder / INDEX)))
        return open_originals(self.folder)

    def package(self, archive: Path, report: str, key: CellKey, lang: Language) -> bytes:
        """Return the folder of a proof as a ZIP file, unsigned: the key is the operator's.

        `archive` is the file that the site shows.

        Raises:
            LookupError: the originals cannot be read, or have more than MOST_BYTES.
        """
        try:
            conn = read_only(archive)
            try:
                with self.open() as kept, TemporaryDirectory() as scratch:
                    sheet = find_sheet(conn, report, key)
                    copies = (
                        kept.find(each.snapshot, each.warc, each.offset)
                        for each in sheet.sightings.listed
                    )
                    sizes = (found.bytes for found in copies if found)
                    if sum(sizes) > MOST_BYTES:
                        raise LookupError(report)
                    folder = Path(scratch) / sheet.package_name
                    write_proof(conn, kept, sheet, folder, lang, None)
                    return _zip(folder)
            finally:
                conn.close()
        except (GongkaiError, OSError) as problem:
            raise LookupError(report) from problem


def _zip(folder: Path) -> bytes:
    """Return a folder as a ZIP file; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder.parent).as_posix()
                archive.writestr(
                    zipfile.ZipInfo(name, _DAY), path.read_bytes(), zipfile.ZIP_DEFLATED
                )
    return packed.getvalue()
