"""The public file of a new publication: made from that of the last one, or anew.

What is damaged in the last publication is found before anything is taken from it; everything is then made
anew, and the message of `WrittenFile.why_full` says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gongkai.archive.errors import RenewalImpossibleError
from gongkai.archive.publication import downloads, layout, package, public_file
from gongkai.archive.publication.parts.file_pieces import read_piece_index
from gongkai.archive.publication.parts.kept_files import (
    KeptFiles,
    differing_file,
    touched_parts,
    unchanged_parts,
)
from gongkai.archive.publication.publish_job import PublishJob
from gongkai.archive.publication.soundness import Counts, count_rows
from gongkai.archive.publication.version import library_versions
from gongkai.archive.renewal.archive_state import ArchiveState
from gongkai.archive.renewal.changed_keys import ChangedKeys
from gongkai.archive.renewal.content_digests import ContentDigests, load_digests
from gongkai.archive.renewal.renewal_choice import last_file
from gongkai.archive.renewal.renewed_file import renew_public_file
from gongkai.archive.store.database import read_only, remove
from gongkai.messages import Message


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A public file that was written: what it holds and shows, how many reports were replaced.

    `why_full` is why it was made anew, None where it was made from the last one.
    """

    counts: Counts
    digests: ContentDigests
    state: ArchiveState
    keys: ChangedKeys = field(default_factory=dict)
    replaced: int = 0
    why_full: Message | None = None


def write_file(
    job: PublishJob, stands: Path | None, told: Mapping[str, Any] | None, database: Path
) -> WrittenFile:
    """Write the public file from that of the publication that stands, or anew."""
    try:
        last = last_file(
            (stands or database.parent) / layout.DATABASE,
            told,
            library_versions(),
            is_full=job.full,
            full_every=job.full_every,
        )
        _refuse_damaged_files(last.path.with_name(layout.DOWNLOADS), last.state.sequence)
        found = renew_public_file(job.archive, last, database, job.progress)
    except RenewalImpossibleError as problem:
        remove(database)
        return write_anew(job, database, problem.message)
    counts = Counts(found.rows, found.sites)
    return WrittenFile(counts, found.digests, found.state, found.keys, found.reports)


def write_anew(job: PublishJob, database: Path, why: Message) -> WrittenFile:
    """Write the public file from the archive alone."""
    state = public_file.write_public_file(job.archive, database, job.progress)
    with closing(read_only(database)) as conn:
        digests = load_digests(conn)
    return WrittenFile(count_rows(database), digests, state, why_full=why)


def _refuse_damaged_files(folder: Path, turn: int) -> None:
    """Read some of the files for download that stay when they did not change.

    Raises:
        RenewalImpossibleError: one is not what its data package says, or the package is not as it was.
    """
    name: str | None = layout.PACKAGE
    if downloads.has_true_sums(folder):
        records = KeptFiles.of(folder, layout.PACKAGE, ()).records
        name = differing_file(folder, records, turn)
    if name:
        raise RenewalImpossibleError("full_file_differs", path=str(folder / name))


def kept_files(
    stands: Path | None, told: Mapping[str, Any] | None, made: WrittenFile
) -> KeptFiles | None:
    """Return the downloads of the publication that stands, and what changed in them since."""
    before = (told or {}).get("content_digests")
    if stands is None or not isinstance(before, dict):
        return None
    return KeptFiles.of(
        stands / layout.DOWNLOADS,
        layout.PACKAGE,
        unchanged_parts(before, made.digests.listed(), package.published_tables()),
        read_piece_index(stands / layout.PIECES, (told or {}).get("pieces_sha256")),
        touched_parts(made.keys),
    )
