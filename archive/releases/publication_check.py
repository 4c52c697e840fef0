"""Whether a publication is what it says it is, before it becomes a release."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from gongkai.archive.errors import ArchiveError, PublicationRefusedError
from gongkai.archive.progress import Progress
from gongkai.archive.publication import layout
from gongkai.archive.publication.package import file_sha256
from gongkai.archive.publication.soundness import count_rows
from gongkai.archive.releases.release_folder import is_safe_name, read_sums
from gongkai.archive.renewal.content_digests import digest_tables
from gongkai.archive.renewal.renewal_choice import renewals
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from gongkai.archive.store.csv_export import TABLES
from gongkai.archive.store.database import read_only
from gongkai.messages import Message, message

_BLOCK = 1 << 20


def check_publication(publication: Path, progress: Progress) -> Mapping[str, Any]:
    """Read every file of a publication and compare it with its checksum; return the manifest.

    The packed archive of a publication that was made from the last one is that of an earlier one.

    Raises:
        PublicationRefusedError: A file is missing, changed, a link or not listed, or the public file is
            damaged.
        ArchiveError: The public file cannot be opened.
    """
    try:
        manifest = layout.read_manifest(publication)
        digest, rows = str(manifest["sha256"]), dict(manifest["rows"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise refusal(publication, message("release_manifest_damaged")) from problem
    database = publication / layout.DATABASE
    if not database.is_file() or file_sha256(database) != digest:
        raise refusal(publication, message("release_file_changed", name=layout.DATABASE))
    if count_rows(database).rows != rows:
        raise refusal(publication, message("release_rows_differ"))
    content = manifest.get("content_digests")  # earlier publications have none
    if content is not None and _content(database) != content:
        raise refusal(publication, message("release_content_differs"))
    _check_downloads(publication, progress)
    packed = publication / layout.DOWNLOADS / f"{layout.DATABASE}.gz"
    if not renewals(manifest) and unpacked_sha256(packed) != digest:
        raise refusal(publication, message("release_file_changed", name=packed.name))
    return manifest


def refusal(publication: Path, why: Message) -> ArchiveError:
    """Return the error that says why a publication cannot become a release."""
    return PublicationRefusedError("release_refused", path=str(publication), why=why)


def _check_downloads(publication: Path, progress: Progress) -> None:
    folder = publication / layout.DOWNLOADS
    try:
        sums = read_sums(folder / layout.SUMS)
    except (OSError, ValueError) as problem:
        raise refusal(publication, message("release_sums_damaged")) from problem
    listed = {*sums, layout.SUMS}
    with progress("progress_release_check", len(listed)) as step:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or not is_safe_name(name):
                raise refusal(publication, message("release_name_refused", name=name[:200]))
            if path.is_dir():
                continue
            if name not in listed:
                raise refusal(publication, message("release_file_unlisted", name=name))
            if name != layout.SUMS and file_sha256(path) != sums[name]:
                raise refusal(publication, message("release_file_changed", name=name))
            listed.remove(name)
            step()
    if listed:
        raise refusal(publication, message("release_file_missing", name=min(listed)))


def _content(database: Path) -> dict[str, dict[str, str]]:
    """Return the digests of all rows of a public file, by table and year."""
    with closing(read_only(database)) as conn:
        return digest_tables(conn, (*TABLES, *MATERIALISED_VIEWS)).listed()


def unpacked_sha256(path: Path) -> str:
    """Return the SHA-256 of what a file holds compressed, "" where it cannot be unpacked."""
    found = hashlib.sha256()
    try:
        with gzip.open(path) as file:
            while block := file.read(_BLOCK):
                found.update(block)
    except (OSError, EOFError, zlib.error):
        return ""
    return found.hexdigest()
