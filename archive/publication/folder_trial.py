"""Trying a folder before hours of work: can a publication be made there and switched to?"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

from gongkai.archive.errors import ArchiveError
from gongkai.archive.publication import layout
from gongkai.errors import reason_of


def try_folder(folder: Path, archive: Path) -> None:
    """Do in small what a publication will do, and remove it again.

    A folder is made where there is none. Files are written, flushed and renamed, and a link is put in
    the place of another: some network drives and memory cards cannot do that. The room needed is
    guessed from the current publication, or from the archive.

    Raises:
        ArchiveError: It cannot be done; the message says what.
    """
    prepare_folder(folder)
    try:
        _switch_in_small(folder)
    except OSError as problem:
        raise ArchiveError(
            "publish_folder_unusable", path=str(folder), why=reason_of(problem)
        ) from problem
    needed = _size_of(layout.current_publication(folder) or archive)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ArchiveError(
            "publish_room_short",
            path=str(folder),
            free=f"{free / 1e6:.0f} MB",
            needed=f"{needed / 1e6:.0f} MB",
        )


def prepare_folder(folder: Path) -> None:
    """Create a folder of publications where there is none, and check that it is one.

    Raises:
        ArchiveError: It is a file, has something else in it, or cannot be created or read.
    """
    if folder.exists() and not folder.is_dir():
        raise ArchiveError("publish_folder_invalid", path=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_own = layout.is_publication_folder(folder)
    except OSError as problem:
        raise ArchiveError(
            "publish_folder_unusable", path=str(folder), why=reason_of(problem)
        ) from problem
    if not is_own:
        raise ArchiveError("publish_folder_taken", path=str(folder))
    current = folder / layout.CURRENT
    if current.exists() and not current.is_symlink():
        raise ArchiveError("publish_current_no_link", path=str(current))


def _switch_in_small(folder: Path) -> None:
    half = Path(mkdtemp(prefix=f"{layout.UNFINISHED}trial-", dir=folder))
    try:
        made, link = half / "made", half / "link"
        made.mkdir()
        with (made / "file").open("wb") as file:
            file.write(b"0")
            file.flush()
            os.fsync(file.fileno())
        made.chmod(0o755)
        made.rename(half / "named")
        (half / layout.CURRENT).symlink_to("before", target_is_directory=True)
        link.symlink_to("named", target_is_directory=True)
        link.replace(half / layout.CURRENT)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _size_of(path: Path) -> int:
    """Return the bytes of a file or of all files of a folder, 0 where there is none."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(each.stat().st_size for each in files if each.is_file())
