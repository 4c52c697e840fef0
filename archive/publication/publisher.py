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
from dataclasses import dataclass, replace
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
from gongkai.archive.publication import downloads, layout, package, public_reviews
from gongkai.archive.publication.finished_folder import (
    finish_folder,
    full_disk_explained,
    remove_unfinished,
)
from gongkai.archive.publication.folder_trial import prepare_folder
from gongkai.archive.publication.parts.file_pieces import write_piece_index
from gongkai.archive.publication.publish_job import PublishJob
from gongkai.archive.publication.soundness import (
    Counts,
    count_visits,
    find_doubts,
)
from gongkai.archive.publication.version import (
    extractor_version,
    library_versions,
    publication_version,
)
from gongkai.archive.publication.written_file import (
    WrittenFile,
    kept_files,
    write_anew,
    write_file,
)
from gongkai.archive.renewal.archive_state import ArchiveState, program_digest
from gongkai.archive.renewal.content_digests import overall_digest
from gongkai.archive.renewal.file_copy import FileMark
from gongkai.archive.renewal.renewal_choice import DAMAGES, renewals
from gongkai.archive.store.database import read_only
from gongkai.archive.store.lock import exclusive_lock
from gongkai.archive.store.reviews import reviews_file
from gongkai.catalogue import Language, text
from gongkai.messages import Message, message


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
    program_digest()  # kept: of the program that runs, not of one that is installed meanwhile
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

    file: WrittenFile
    reviews: int
    bytes: int
    accepted: Sequence[Message]


def _make(folder: Path, half: Path, job: PublishJob) -> _Made:
    stands = layout.current_publication(folder)
    told = _read_manifest(stands) if stands else None
    made = write_file(job, stands, told, half / layout.DATABASE)
    try:
        return _make_rest(folder, half, job, stands, told, made)
    except RenewalImpossibleError as problem:
        # files that others were to be made from are damaged: nothing is taken from this publication
        remove_unfinished(half, "")
        made = write_anew(job, half / layout.DATABASE, problem.message)
        return _make_rest(folder, half, job, stands, told, made)


def _make_rest(
    folder: Path,
    half: Path,
    job: PublishJob,
    stands: Path | None,
    told: Mapping[str, Any] | None,
    made: WrittenFile,
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
    # a digest takes a processor of its own: it does not hold the interpreter
    with ThreadPoolExecutor(1) as beside:
        hashed = beside.submit(package.file_sha256, database)
        pieces = downloads.write_downloads(
            database,
            half / layout.DOWNLOADS,
            job.progress,
            version=_version(database)[0],
            kept=kept_files(stands, told, made) if made.why_full is None else None,
            rows=made.counts.rows,
        )
        piece_digest = write_piece_index(half / layout.PIECES, pieces)
        digest = hashed.result()
    size = sum(path.stat().st_size for path in half.rglob("*") if path.is_file())
    sums = {"sha256": digest, "pieces_sha256": piece_digest}
    _write_json(half / layout.MANIFEST, _manifest_of(database, told, made, sums, found_doubts))
    return _Made(made, review_count, size, found_doubts)


def _manifest_of(
    database: Path,
    told: Mapping[str, Any] | None,
    made: WrittenFile,
    sums: Mapping[str, str],
    accepted: Sequence[Message],
) -> dict[str, Any]:
    """Return the manifest of a publication: what it holds, from which state, made when and with what.

    `told` is that of the last one, `sums` has the digests of files, `accepted` the doubts to which a
    person agreed.
    """
    now = clock.now().isoformat(timespec="seconds")
    version, extractor = _version(database)
    listed = made.digests.listed()
    is_anew = told is None or made.why_full is not None
    return {
        "made": now,
        "version": version,
        "extractor": extractor,
        "made_with": dict(library_versions()),
        **sums,
        "file_mark": FileMark.of(database).data(),
        "content": overall_digest(listed),
        "content_digests": listed,
        "rows": made.counts.rows,
        "reports_by_site": made.counts.sites,
        "last_manifest": last_manifest(database),
        "accepted": [str(doubt) for doubt in accepted],
        "program": program_digest(),
        "state": made.state.data(),
        "renewals": 0 if told is None or is_anew else renewals(told) + 1,
        "last_full": now if told is None or is_anew else told.get("last_full", ""),
        "replaced_reports": made.replaced,
    }


def _find_doubts(
    counts: Counts, told: Mapping[str, Any] | None, database: Path, job: PublishJob
) -> list[Message]:
    """Return the reasons not to replace the last publication, which `told` describes."""
    last = Counts.of(told) if told else None
    if told and ArchiveState.of(told) is None:
        # made by a version whose snapshots had a row for each visit
        counts = replace(counts, rows={**counts.rows, "snapshots": count_visits(database)})
    return list(find_doubts(counts, last, job.floors, job.shrink_limit))


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
