"""Publishing: a new publication is made beside the current one, checked, and switched to in one step.

A publication is made in a hidden folder, gets its name when it is complete and sound, and is served
when the link `current` points to it. Renaming a link is atomic, so a publish may be killed at any
time; the next one removes what it left.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import Any

from gongkai import clock
from gongkai.archive.errors import (
    ArchiveError,
    PublicationRefusedError,
    RenewalImpossibleError,
)
from gongkai.archive.progress import Progress, silent
from gongkai.archive.publication import downloads, layout, package, public_file, public_reviews
from gongkai.archive.publication.finished_folder import (
    finish_folder,
    full_disk_explained,
    remove_unfinished,
)
from gongkai.archive.publication.folder_trial import prepare_folder
from gongkai.archive.publication.parts.file_pieces import read_piece_index, write_piece_index
from gongkai.archive.publication.parts.kept_files import (
    KeptFiles,
    differing_file,
    touched_parts,
    unchanged_parts,
)
from gongkai.archive.publication.soundness import (
    SHRINK_LIMIT,
    Counts,
    count_rows,
    count_visits,
    find_doubts,
)
from gongkai.archive.publication.version import (
    extractor_version,
    library_versions,
    publication_version,
)
from gongkai.archive.renewal.archive_state import ArchiveState, program_digest
from gongkai.archive.renewal.changed_keys import ChangedKeys
from gongkai.archive.renewal.content_digests import ContentDigests, load_digests, overall_digest
from gongkai.archive.renewal.file_copy import FileMark
from gongkai.archive.renewal.renewal_choice import DAMAGES, last_file, renewals
from gongkai.archive.renewal.renewed_file import renew_public_file
from gongkai.archive.renewal.turns import FULL_EVERY
from gongkai.archive.store.database import read_only, remove
from gongkai.archive.store.lock import exclusive_lock
from gongkai.archive.store.reviews import reviews_file
from gongkai.catalogue import Language, text
from gongkai.messages import Message, message

KEEP = 3


@dataclass(frozen=True, slots=True)
class PublishJob:
    """What is published and how strictly it is checked.

    `floors` are the least numbers of reports of each site. `accept` says that a person agreed in
    spite of doubts. `keep` is the number of publications that stay, this one among them. `full` asks for
    a publication that is made anew; one of `full_every` is so without being asked for.
    """

    archive: Path
    floors: Mapping[str, int] = field(default_factory=dict)
    shrink_limit: float = SHRINK_LIMIT
    accept: bool = False
    keep: int = KEEP
    full: bool = False
    full_every: int = FULL_EVERY
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class PublishResult:
    """A publication that is now current.

    `replaced` is the number of reports that were replaced in the last one, `why_full` why it was made
    anew instead. `waiting` is the number of pieces of work that an interrupted build had left in the
    archive when it was read.
    """

    path: Path
    counts: Counts
    reviews: int
    bytes: int
    accepted: Sequence[Message] = ()
    replaced: int = 0
    why_full: Message | None = None
    seconds: float = 0
    waiting: int = 0

    @property
    def warning(self) -> Message | None:
        """What a person has to know of the publication before, which was found damaged."""
        return self.why_full if self.why_full and self.why_full.key in DAMAGES else None

    def data(self, lang: Language) -> dict[str, object]:
        """Return it as plain data, its texts in a language."""
        return {
            "path": str(self.path),
            "reports": self.counts.rows["reports"],
            "reviews": self.reviews,
            "bytes": self.bytes,
            "accepted": [text(lang, doubt) for doubt in self.accepted],
            "kind": "full" if self.why_full else "renewed",
            "why_full": text(lang, self.why_full) if self.why_full else "",
            "replaced_reports": self.replaced,
            "seconds": round(self.seconds, 1),
            "waiting": self.waiting,
        }


def publish(folder: Path, job: PublishJob) -> PublishResult:
    """Publish an archive into a folder of publications and switch to it.

    Whatever is raised, the current publication stays.

    Raises:
        PublicationRefusedError: it is unsound, or shrank and no person agreed.
        ArchiveError: it cannot be made.
    """
    began = monotonic()
    with _locked(folder), full_disk_explained(folder, "publish_disk_full"):
        remove_unfinished(folder, layout.UNFINISHED)
        half = Path(mkdtemp(prefix=layout.UNFINISHED, dir=folder))
        try:
            made = _make(folder, half, job)
            path = finish_folder(half, folder / f"{clock.now():%Y%m%dT%H%M%S.%fZ}")
        finally:
            shutil.rmtree(half, ignore_errors=True)
        _switch(folder, path)
        _remove_old(folder, path, job.keep)
    return PublishResult(
        path,
        made.file.counts,
        made.reviews,
        made.bytes,
        made.accepted,
        made.file.replaced,
        made.file.why_full,
        monotonic() - began,
        made.file.state.waiting,
    )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; create the folder where there is none.

    Raises:
        ArchiveError: it is a file, has something else in it, or another publish is at work.
    """
    prepare_folder(folder)
    busy = message("publish_running", path=str(folder))
    with exclusive_lock(folder / layout.LOCK, busy):
        yield


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made in the hidden folder."""

    file: _PublicFile
    reviews: int
    bytes: int
    accepted: Sequence[Message]


@dataclass(frozen=True, slots=True)
class _PublicFile:
    """A public file that was written: what it holds and shows, how many reports were replaced.

    `why_full` is why it was made anew, None where it was made from the last one.
    """

    counts: Counts
    digests: ContentDigests
    state: ArchiveState
    keys: ChangedKeys = field(default_factory=dict)
    replaced: int = 0
    why_full: Message | None = None


def _make(folder: Path, half: Path, job: PublishJob) -> _Made:
    stands = layout.current_publication(folder)
    told = _read_manifest(stands) if stands else None
    made = _write_file(job, stands, told, half / layout.DATABASE)
    try:
        return _make_rest(folder, half, job, stands, told, made)
    except RenewalImpossibleError as problem:
        # files that others were to be made from are damaged: nothing is taken from this publication
        remove_unfinished(half, "")
        made = _write_anew(job, half / layout.DATABASE, problem.message)
        return _make_rest(folder, half, job, stands, told, made)


def _make_rest(
    folder: Path,
    half: Path,
    job: PublishJob,
    stands: Path | None,
    told: Mapping[str, Any] | None,
    made: _PublicFile,
) -> _Made:
    """Check a public file, and write all that stands beside it.

    Raises:
        PublicationRefusedError: it is unsound, or shrank and no person agreed.
        RenewalImpossibleError: what was to be taken from the last publication is damaged.
    """
    database = half / layout.DATABASE
    found_doubts = _find_doubts(made.counts, told, database, job)
    if found_doubts and not job.accept:
        raise PublicationRefusedError(
            "publication_refused", path=str(folder), why=tuple(found_doubts)
        )
    review_count = public_reviews.copy_public_reviews(
        reviews_file(job.archive), database, half / layout.REVIEWS
    )
    version, extractor = _version(database)
    listed = made.digests.listed()
    # a digest takes a processor of its own: it does not hold the interpreter
    with ThreadPoolExecutor(1) as beside:
        hashed = beside.submit(package.file_sha256, database)
        pieces = downloads.write_downloads(
            database,
            half / layout.DOWNLOADS,
            job.progress,
            version=version,
            kept=_kept_files(stands, told, made) if made.why_full is None else None,
            rows=made.counts.rows,
        )
        piece_digest = write_piece_index(half / layout.PIECES, pieces)
        digest = hashed.result()
    size = sum(path.stat().st_size for path in half.rglob("*") if path.is_file())
    now = clock.now().isoformat(timespec="seconds")
    manifest = {
        "made": now,
        "version": version,
        "extractor": extractor,
        "made_with": dict(library_versions()),
        "sha256": digest,
        "file_mark": FileMark.of(database).data(),
        "pieces_sha256": piece_digest,
        "content": overall_digest(listed),
        "content_digests": listed,
        "rows": made.counts.rows,
        "reports_by_site": made.counts.sites,
        "last_manifest": last_manifest(database),
        "accepted": [str(doubt) for doubt in found_doubts],
        "program": program_digest(),
        "state": made.state.data(),
        "renewals": 0 if told is None or made.why_full else renewals(told) + 1,
        "last_full": now if told is None or made.why_full else told.get("last_full", ""),
        "replaced_reports": made.replaced,
    }
    _write_json(half / layout.MANIFEST, manifest)
    return _Made(made, review_count, size, found_doubts)


def _find_doubts(
    counts: Counts, told: Mapping[str, Any] | None, database: Path, job: PublishJob
) -> list[Message]:
    """Return the reasons not to replace the last publication, which `told` describes."""
    last = Counts.of(told) if told else None
    if told and ArchiveState.of(told) is None:
        # made by a version whose snapshots had a row for each visit
        counts = replace(counts, rows={**counts.rows, "snapshots": count_visits(database)})
    return list(find_doubts(counts, last, job.floors, job.shrink_limit))


def _write_file(
    job: PublishJob, stands: Path | None, told: Mapping[str, Any] | None, database: Path
) -> _PublicFile:
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
        return _write_anew(job, database, problem.message)
    counts = Counts(found.rows, found.sites)
    return _PublicFile(counts, found.digests, found.state, found.keys, found.reports)


def _write_anew(job: PublishJob, database: Path, why: Message) -> _PublicFile:
    """Write the public file from the archive alone."""
    state = public_file.write_public_file(job.archive, database, job.progress)
    with closing(read_only(database)) as conn:
        digests = load_digests(conn)
    return _PublicFile(count_rows(database), digests, state, why_full=why)


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


def _kept_files(
    stands: Path | None, told: Mapping[str, Any] | None, made: _PublicFile
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


def _version(database: Path) -> tuple[str, str]:
    """Return the version of a publication and that of the extractor."""
    with closing(read_only(database)) as conn:
        return publication_version(conn), extractor_version(conn)


def last_manifest(database: Path) -> dict[str, object] | None:
    """Return number, digest and time of the last manifest of the originals; None without one.

    Whoever keeps it can say later that the end of the chain was removed.
    """
    with closing(sqlite3.connect(database)) as conn:
        found = conn.execute(
            "SELECT number, digest, created FROM manifests ORDER BY number DESC LIMIT 1"
        ).fetchone()
    return dict(zip(("number", "digest", "created"), found, strict=True)) if found else None


def _read_manifest(publication: Path) -> Mapping[str, Any]:
    """Return the manifest of the current publication.

    Raises:
        ArchiveError: It is damaged.
    """
    try:
        told = layout.read_manifest(publication)
        Counts.of(told)
        return told
    except (ValueError, KeyError, TypeError) as problem:
        manifest = publication / layout.MANIFEST
        raise ArchiveError("publish_manifest_damaged", path=str(manifest)) from problem


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(f"{json.dumps(content, ensure_ascii=False, indent=1)}\n", encoding="utf-8")


def _switch(folder: Path, path: Path) -> None:
    link = folder / f"{layout.UNFINISHED}link"
    link.symlink_to(path.name, target_is_directory=True)
    link.replace(folder / layout.CURRENT)


def _remove_old(folder: Path, path: Path, keep: int) -> None:
    """Remove old publications; a server that has one open can go on reading it."""
    others = [each for each in layout.finished_publications(folder) if each != path]
    for old in others[: max(0, len(others) - (keep - 1))]:
        with suppress(FileNotFoundError):
            shutil.rmtree(old)
