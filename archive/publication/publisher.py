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
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from gongkai import clock
from gongkai.archive.errors import ArchiveError, PublicationRefusedError
from gongkai.archive.progress import Progress, silent
from gongkai.archive.publication import downloads, layout, package, public_file, public_reviews
from gongkai.archive.publication.finished_folder import (
    finish_folder,
    full_disk_explained,
    remove_unfinished,
)
from gongkai.archive.publication.folder_trial import prepare_folder
from gongkai.archive.publication.soundness import (
    SHRINK_LIMIT,
    Counts,
    count_rows,
    find_doubts,
)
from gongkai.archive.publication.version import (
    extractor_version,
    library_versions,
    publication_version,
)
from gongkai.archive.store.database import read_only
from gongkai.archive.store.lock import exclusive_lock
from gongkai.archive.store.reviews import reviews_file
from gongkai.catalogue import Language, text
from gongkai.messages import Message, message

KEEP = 3


@dataclass(frozen=True, slots=True)
class PublishJob:
    """What is published and how strictly it is checked.

    `floors` are the least numbers of reports of each site. `accept` says that a person agreed in
    spite of doubts. `keep` is the number of publications that stay, this one among them.
    """

    archive: Path
    floors: Mapping[str, int] = field(default_factory=dict)
    shrink_limit: float = SHRINK_LIMIT
    accept: bool = False
    keep: int = KEEP
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class PublishResult:
    """A publication that is now current."""

    path: Path
    counts: Counts
    reviews: int
    bytes: int
    accepted: Sequence[Message] = ()

    def data(self, lang: Language) -> dict[str, object]:
        """Return it as plain data, its texts in a language."""
        return {
            "path": str(self.path),
            "reports": self.counts.rows["reports"],
            "reviews": self.reviews,
            "bytes": self.bytes,
            "accepted": [text(lang, doubt) for doubt in self.accepted],
        }


def publish(folder: Path, job: PublishJob) -> PublishResult:
    """Publish an archive into a folder of publications and switch to it.

    Whatever is raised, the current publication stays.

    Raises:
        PublicationRefusedError: it is unsound, or shrank and no person agreed.
        ArchiveError: it cannot be made.
    """
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
    return PublishResult(path, *made)


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


def _make(folder: Path, half: Path, job: PublishJob) -> tuple[Counts, int, int, Sequence[Message]]:
    database = half / layout.DATABASE
    public_file.write_public_file(job.archive, database, job.progress)
    counts = count_rows(database)
    stands = layout.current_publication(folder)
    last = _last_counts(stands) if stands else None
    found_doubts = list(find_doubts(counts, last, job.floors, job.shrink_limit))
    if found_doubts and not job.accept:
        raise PublicationRefusedError(
            "publication_refused", path=str(folder), why=tuple(found_doubts)
        )
    review_count = public_reviews.copy_public_reviews(
        reviews_file(job.archive), database, half / layout.REVIEWS
    )
    digest = package.file_sha256(database)
    version, extractor = _version(database, digest)
    downloads.write_downloads(database, half / layout.DOWNLOADS, job.progress, version=version)
    size = sum(path.stat().st_size for path in half.rglob("*") if path.is_file())
    manifest = {
        "made": clock.now().isoformat(timespec="seconds"),
        "version": version,
        "extractor": extractor,
        "made_with": dict(library_versions()),
        "sha256": digest,
        "rows": counts.rows,
        "reports_by_site": counts.sites,
        "last_manifest": last_manifest(database),
        "accepted": [str(doubt) for doubt in found_doubts],
    }
    _write_json(half / layout.MANIFEST, manifest)
    return counts, review_count, size, found_doubts


def _version(database: Path, digest: str) -> tuple[str, str]:
    """Return the version of a publication and that of the extractor."""
    with closing(read_only(database)) as conn:
        return publication_version(conn, digest), extractor_version(conn)


def last_manifest(database: Path) -> dict[str, object] | None:
    """Return number, digest and time of the last manifest of the originals; None without one.

    Whoever keeps it can say later that the end of the chain was removed.
    """
    with closing(sqlite3.connect(database)) as conn:
        found = conn.execute(
            "SELECT number, digest, created FROM manifests ORDER BY number DESC LIMIT 1"
        ).fetchone()
    return dict(zip(("number", "digest", "created"), found, strict=True)) if found else None


def _last_counts(publication: Path) -> Counts:
    """Return what the current publication counts.

    Raises:
        ArchiveError: Its manifest is damaged.
    """
    try:
        return Counts.of(layout.read_manifest(publication))
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
