"""A folder for deposit: a release as one ZIP, beside the metadata that Zenodo and Dataverse take.

Zenodo takes at most a hundred files and no folders; Dataverse unpacks a ZIP with its folders.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from tempfile import mkdtemp

from gongkai.archive.errors import ArchiveError
from gongkai.archive.progress import Progress
from gongkai.archive.publication.finished_folder import finish_folder, full_disk_explained
from gongkai.archive.publication.package import file_sha256
from gongkai.archive.releases import release_folder as folder_layout
from gongkai.archive.releases.citation_records import dataverse_record, zenodo_record
from gongkai.archive.releases.release_folder import Release

BESIDE = ("README.md", "README.zh.md", "CHANGES.md", "CHANGES.zh.md",
          folder_layout.CITATION, folder_layout.DATACITE)  # fmt: skip
"""Files of the release that readers of a repository see without opening the ZIP."""

ZENODO, DATAVERSE = ".zenodo.json", "dataverse.json"
_STAMP = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP can write: the bytes do not tell when it was made."""

_MODE = 0o644 << 16
_BLOCK = 1 << 20


def write_deposit(release: Release, target: Path, contact: str, progress: Progress) -> Path:
    """Write the folder for deposit of a release, which must not be there yet; return the ZIP.

    Raises:
        ArchiveError: The folder is there, the release is damaged, or there is no room.
    """
    if target.exists():
        raise ArchiveError("deposit_exists", path=str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    with full_disk_explained(target, "release_disk_full"):
        half = Path(mkdtemp(prefix=folder_layout.UNFINISHED, dir=target.parent))
        try:
            _fill(release, half, contact, progress)
            finish_folder(half, target)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    return target / _zip_name(release)


def _zip_name(release: Release) -> str:
    return f"gongkai-{release.number}.zip"


def _fill(release: Release, half: Path, contact: str, progress: Progress) -> None:
    files = folder_layout.list_files(release.path)
    root = f"gongkai-{release.number}"
    with (
        zipfile.ZipFile(half / _zip_name(release), "w", zipfile.ZIP_DEFLATED) as packed,
        progress("progress_release_zip", len(files)) as step,
    ):
        for each in files:
            path = release.path / each.name
            if each.sha256 and file_sha256(path) != each.sha256:
                raise ArchiveError("release_damaged", path=str(release.path))
            entry = zipfile.ZipInfo(f"{root}/{each.name}", _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _MODE
            entry.create_system = 3  # Unix, whatever it is made on
            entry.file_size = each.bytes
            with path.open("rb") as source, packed.open(entry, "w") as sink:
                shutil.copyfileobj(source, sink, _BLOCK)
            step()
    for name in BESIDE:
        shutil.copyfile(release.path / name, half / name)
    for name, record in (
        (ZENODO, zenodo_record(release)),
        (DATAVERSE, dataverse_record(release, contact)),
    ):
        written = json.dumps(record, ensure_ascii=False, indent=1)
        (half / name).write_text(f"{written}\n", encoding="utf-8")
    sums = {path.name: file_sha256(path) for path in half.iterdir()}
    lines = (f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    (half / folder_layout.SUMS).write_text("".join(lines), encoding="utf-8")
