"""Making a release: copied and described aside, then given its number in one step.

Nothing in it tells of the clock, the machine or the order of its disk: the same publication after the
same release gives the same bytes. The date is that of the last fetch, unless one is given.
"""

from __future__ import annotations

import gzip
import json
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from gongkai.archive.errors import ArchiveError, PublicationRefusedError
from gongkai.archive.progress import Progress, silent
from gongkai.archive.publication import layout
from gongkai.archive.publication.downloads import pack_archive
from gongkai.archive.publication.finished_folder import (
    finish_folder,
    full_disk_explained,
    remove_unfinished,
)
from gongkai.archive.publication.package import file_sha256, published_tables
from gongkai.archive.publication.version import (
    extractor_version,
    last_fetch,
    publication_version,
)
from gongkai.archive.releases import release_folder as folder_layout
from gongkai.archive.releases.citation_records import citation_file, datacite_record
from gongkai.archive.releases.dataset_records import dataset_record, dcat_catalogue
from gongkai.archive.releases.delta_files import write_delta
from gongkai.archive.releases.publication_check import (
    check_publication,
    refusal,
    unpacked_sha256,
)
from gongkai.archive.releases.release_folder import Release, ReleaseFile
from gongkai.archive.releases.release_number import ReleaseNumber, next_number
from gongkai.archive.releases.release_texts import SUFFIXES, changes_text, readme
from gongkai.archive.store.database import read_only
from gongkai.archive.store.lock import exclusive_lock
from gongkai.clock import china_day
from gongkai.errors import reason_of
from gongkai.messages import message

_BLOCK = 1 << 20
_READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class ReleaseJob:
    """What is released, and as what.

    `publications` is a folder of publications, of which the current one is released into the folder
    `releases`. Without `number` it is the next one, without `date` (ISO) the day of the last fetch in
    China. `doi` and `base_url` may be "".
    """

    publications: Path
    releases: Path
    number: ReleaseNumber | None = None
    date: str = ""
    doi: str = ""
    base_url: str = ""
    progress: Progress = silent


def make_release(job: ReleaseJob) -> Release:
    """Make the next release of the current publication; return it.

    Raises:
        PublicationRefusedError: The publication is not sound, its data are those of the latest
            release, or the number or the date is not after it.
        ArchiveError: There is no publication, or the release cannot be written.
    """
    publication = layout.current_publication(job.publications)
    if publication is None:
        raise ArchiveError("release_without_publication", path=str(job.publications))
    with (
        opened_folder(job.releases) as known,
        full_disk_explained(job.releases, "release_disk_full"),
    ):
        check_publication(publication, job.progress)
        release = _plan(job, publication, known)
        half = Path(mkdtemp(prefix=folder_layout.UNFINISHED, dir=job.releases))
        try:
            release = _fill(replace(release, path=half), publication, known, job.progress)
            path = finish_folder(half, job.releases / str(release.number))
        finally:
            shutil.rmtree(half, ignore_errors=True)
        release = replace(release, path=path)
        write_catalogue(job.releases, [*known, release])
    return release


@contextmanager
def opened_folder(folder: Path) -> Iterator[list[Release]]:
    """Hold the lock of a folder of releases, and give its releases, the oldest first.

    What a killed process left is removed, and the catalogue written where that process did not.

    Raises:
        ArchiveError: It is something else, a release in it is damaged, or another process writes there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = {path.name for path in folder.iterdir()} - {"lost+found"}
    except OSError as problem:
        why = reason_of(problem)
        raise ArchiveError("release_folder_unusable", path=str(folder), why=why) from problem
    if names and folder_layout.LOCK not in names:
        raise ArchiveError("release_folder_taken", path=str(folder))
    busy = message("release_running", path=str(folder))
    with exclusive_lock(folder / folder_layout.LOCK, busy):
        remove_unfinished(folder, folder_layout.UNFINISHED)
        known = [_read(path) for path in folder_layout.numbered_folders(folder)]
        write_catalogue(folder, known)
        yield known


def _read(path: Path) -> Release:
    try:
        release = Release.read(path)
    except (OSError, ValueError) as problem:
        raise ArchiveError("release_damaged", path=str(path)) from problem
    if not folder_layout.list_files(path):
        raise ArchiveError("release_damaged", path=str(path))
    return release


def _plan(job: ReleaseJob, publication: Path, known: Sequence[Release]) -> Release:
    """Return what the release says of itself before it is filled.

    Raises:
        PublicationRefusedError: It cannot follow the latest release.
    """
    database = publication / layout.DATABASE
    digest = file_sha256(database)
    with closing(read_only(database)) as conn:
        date = job.date or china_day(last_fetch(conn))
        version, extractor = publication_version(conn, digest), extractor_version(conn)
    if not date:
        raise refusal(publication, message("release_without_date"))
    manifest = layout.read_manifest(publication)
    rows = manifest["rows"]
    latest = known[-1] if known else None
    numbers = [each.number for each in known]
    number = job.number or next_number(numbers, int(date[:4]))
    if latest:
        if number in numbers:
            raise PublicationRefusedError("release_exists", path=str(job.releases / str(number)))
        if number < latest.number:
            raise PublicationRefusedError(
                "release_number_early", number=str(number), latest=str(latest.number)
            )
        if date < latest.date:
            raise PublicationRefusedError("release_date_early", date=date, latest=latest.date)
        is_same = _data_sums(publication / layout.DOWNLOADS) == _data_sums(
            latest.path / folder_layout.DATA
        )
        if is_same or version == latest.version:
            raise PublicationRefusedError("release_unchanged", latest=str(latest.number))
    return Release(
        path=job.releases,
        number=number,
        date=date,
        version=version,
        extractor=extractor,
        public_file=digest,
        rows={name: rows[name] for name in published_tables() if name in rows},
        previous=str(latest.number) if latest else "",
        doi=job.doi,
        base_url=job.base_url,
        made_with=manifest.get("made_with", {}),
    )


def _data_sums(folder: Path) -> bytes:
    return (folder / layout.SUMS).read_bytes()


def _fill(
    release: Release, publication: Path, known: Sequence[Release], progress: Progress
) -> Release:
    """Write everything into the folder of a release; return it with its changes."""
    half = release.path
    downloads = publication / layout.DOWNLOADS
    names = sorted(path.relative_to(downloads) for path in downloads.rglob("*") if path.is_file())
    with progress("progress_release_copy", len(names)) as step:
        for name in names:
            target = half / folder_layout.DATA / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(downloads / name, target)
            step()
    data = half / folder_layout.DATA
    if unpacked_sha256(data / f"{layout.DATABASE}.gz") != release.public_file:
        pack_archive(publication / layout.DATABASE, data, release.version)
    if known:
        changes = _delta(known[-1], publication / layout.DATABASE, half, progress)
        release = replace(release, changes=changes)
    _describe(release)
    sums = _checksums(half, progress)
    lines = (f"{digest}  {name}\n" for name, digest in sums.items())
    (half / folder_layout.SUMS).write_text("".join(lines), encoding="utf-8")
    for path in half.rglob("*"):
        if path.is_file():
            path.chmod(_READ_ONLY)
    return release


def _delta(
    previous: Release, database: Path, half: Path, progress: Progress
) -> Mapping[str, object]:
    """Write the differences to the release before; return their numbers.

    Raises:
        ArchiveError: The public file of that release is damaged.
    """
    packed = previous.path / folder_layout.DATA / f"{layout.DATABASE}.gz"
    old = half / "before.db"
    try:
        with gzip.open(packed) as source, old.open("wb") as target:
            shutil.copyfileobj(source, target, _BLOCK)
        is_whole = file_sha256(old) == previous.public_file
    except (EOFError, gzip.BadGzipFile, zlib.error):
        is_whole = False
    if not is_whole:
        raise ArchiveError("release_damaged", path=str(previous.path))
    counts = write_delta(old, database, half / folder_layout.DELTA, progress)
    old.unlink()
    return counts.data()


def _describe(release: Release) -> None:
    """Write what describes the release; the files of data are there."""
    half = release.path
    files = [_measured(half, path) for path in sorted(half.rglob("*")) if path.is_file()]
    size = sum(each.bytes for each in files)
    for lang, suffix in SUFFIXES.items():
        _write_text(half / f"README{suffix}", readme(release, lang))
        _write_text(half / f"CHANGES{suffix}", changes_text(release, lang))
    _write_text(half / folder_layout.CITATION, citation_file(release))
    _write_json(half / folder_layout.DATACITE, datacite_record(release, size))
    _write_json(half / folder_layout.RECORD, dataset_record(release, files))
    _write_json(half / folder_layout.MANIFEST, release.data())


def _measured(half: Path, path: Path) -> ReleaseFile:
    return ReleaseFile(path.relative_to(half).as_posix(), path.stat().st_size, file_sha256(path))


def _checksums(half: Path, progress: Progress) -> Mapping[str, str]:
    paths = sorted(path for path in half.rglob("*") if path.is_file())
    sums = {}
    with progress("progress_release_sums", len(paths)) as step:
        for path in paths:
            sums[path.relative_to(half).as_posix()] = file_sha256(path)
            step()
    return dict(sorted(sums.items()))


def write_catalogue(folder: Path, releases: Sequence[Release]) -> None:
    """Write the catalogue of a folder of releases, unless it stands there as it is."""
    if not releases:
        return
    listed = [(each, folder_layout.list_files(each.path)) for each in releases]
    written = _json(dcat_catalogue(listed))
    target = folder / folder_layout.CATALOGUE
    if target.is_file() and target.read_text(encoding="utf-8") == written:
        return
    draft = folder / f"{folder_layout.UNFINISHED}{folder_layout.CATALOGUE}"
    _write_text(draft, written)
    draft.replace(target)


def _json(content: Mapping[str, Any]) -> str:
    return f"{json.dumps(content, ensure_ascii=False, indent=1)}\n"


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    _write_text(path, _json(content))


def _write_text(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
