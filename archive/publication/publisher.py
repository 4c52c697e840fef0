"""Publishing: beside the publication that stands, checked, then in its place in one step.

A publication is made in a hidden folder, gets its name when it is whole and sound, and is served
when the link `current` points to it: renaming a link happens at once or not at all. So a publish
may be killed at any time; the next one clears away what it left.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from gongkai.archive.errors import ArchiveError
from gongkai.archive.progress import Progress, silent
from gongkai.archive.publication import downloads, layout, package, public_file, public_reviews
from gongkai.archive.publication.soundness import (
    SHRINK_LIMIT,
    Counts,
    PublicationRefused,
    count_rows,
    find_doubts,
)
from gongkai.archive.store.lock import exclusive_lock
from gongkai.archive.store.reviews import reviews_file

KEEP = 3


@dataclass(frozen=True, slots=True)
class PublishJob:
    """What is published and how strictly it is looked at.

    `floors` are the least number of reports of each site, `accept` says that a person agreed to
    what speaks against it, `keep` how many publications stay, this one among them.
    """

    archive: Path
    floors: Mapping[str, int] = field(default_factory=dict)
    shrink_limit: float = SHRINK_LIMIT
    accept: bool = False
    keep: int = KEEP
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class PublishResult:
    """A publication that now stands."""

    path: Path
    counts: Counts
    reviews: int
    bytes: int
    accepted: Sequence[str] = ()

    def data(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "path": str(self.path),
            "reports": self.counts.rows["reports"],
            "reviews": self.reviews,
            "bytes": self.bytes,
            "accepted": list(self.accepted),
        }

    def line(self) -> str:
        """Return it as one line."""
        return (
            f"发布 publish: 报告 {self.counts.rows['reports']} reports · "
            f"复核意见 {self.reviews} reviews · {self.bytes / 1e6:.1f} MB → {self.path}"
        )


def publish(folder: Path, job: PublishJob) -> PublishResult:
    """Publish an archive into a folder of publications and switch to it.

    :raises PublicationRefused: when it is unsound, or shrank and nobody agreed; what stood stands
    :raises ArchiveError: when it cannot be made; what stood stands
    """
    with _only_one(folder), _room_told(folder):
        _clear_away(folder)
        half = Path(mkdtemp(prefix=layout.UNFINISHED, dir=folder))
        try:
            made = _make(folder, half, job)
            path = _stand(folder, half)
        finally:
            shutil.rmtree(half, ignore_errors=True)
        _switch(folder, path)
        _forget(folder, path, job.keep)
    return PublishResult(path, *made)


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; make the folder where there is none."""
    if folder.exists() and not folder.is_dir():
        raise ArchiveError(f"{folder}: 不是目录 not a directory; name another")
    folder.mkdir(parents=True, exist_ok=True)
    if not layout.is_publication_folder(folder):
        raise ArchiveError(
            f"{folder}: 目录中有别的东西 there is something else in it; name an empty folder"
        )
    with exclusive_lock(
        folder / layout.LOCK,
        f"{folder}: 另一个发布正在进行 another publish is at work; wait until it ends",
    ):
        yield


@contextmanager
def _room_told(folder: Path) -> Iterator[None]:
    """Say in words that there is no room; what stood stands."""
    try:
        yield
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise ArchiveError(
            f"{folder}: 磁盘已满，原发布不变 disk full; the last publication stands. Make room and run again"
        ) from problem


def _clear_away(folder: Path) -> None:
    """Remove what a killed publish left."""
    for path in folder.glob(f"{layout.UNFINISHED}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _make(folder: Path, half: Path, job: PublishJob) -> tuple[Counts, int, int, Sequence[str]]:
    database = half / layout.DATABASE
    public_file.write_public_file(job.archive, database, job.progress)
    counts = count_rows(database)
    stands = layout.current_publication(folder)
    last = Counts.of(layout.read_manifest(stands)) if stands else None
    against = list(find_doubts(counts, last, job.floors, job.shrink_limit))
    if against and not job.accept:
        raise PublicationRefused(
            f"{folder}: 未发布，原发布不变 not published, the last publication stands: "
            f"{'; '.join(against)}. 确认无误后 if that is right: gongkai publish --accept"
        )
    said = public_reviews.copy_public_reviews(
        reviews_file(job.archive), database, half / layout.REVIEWS
    )
    downloads.write_downloads(database, half / layout.DOWNLOADS, job.progress)
    size = sum(path.stat().st_size for path in half.rglob("*") if path.is_file())
    told = {
        "made": _now().isoformat(timespec="seconds"),
        "sha256": package.file_sha256(database),
        "rows": counts.rows,
        "reports_by_site": counts.sites,
        "accepted": against,
    }
    _write_json(half / layout.MANIFEST, told)
    return counts, said, size, against


def _write_json(path: Path, told: Mapping[str, Any]) -> None:
    path.write_text(f"{json.dumps(told, ensure_ascii=False, indent=1)}\n", encoding="utf-8")


def _stand(folder: Path, half: Path) -> Path:
    """Bring all of it to the disk, then give it its name."""
    for path in (*half.rglob("*"), half):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    half.chmod(0o755)  # mkdtemp makes it for its owner alone; the site may run as somebody else
    name = f"{_now():%Y%m%dT%H%M%S.%fZ}"
    return half.rename(folder / name)


def _switch(folder: Path, path: Path) -> None:
    link = folder / f"{layout.UNFINISHED}link"
    link.symlink_to(path.name, target_is_directory=True)
    link.replace(folder / layout.CURRENT)


def _forget(folder: Path, path: Path, keep: int) -> None:
    """Remove old publications; a server that has one open goes on reading it."""
    others = [each for each in layout.finished_publications(folder) if each != path]
    for old in others[: max(0, len(others) - (keep - 1))]:
        with suppress(FileNotFoundError):
            shutil.rmtree(old)


def _now() -> datetime:
    return datetime.now(UTC)
