"""The layout of a folder of publications. A finished publication never changes.

DIR/current          a link to the publication that is served
DIR/20250601T0230Z/  archive.db, reviews.db, publication.json, pieces.json, downloads/
DIR/.new-…/          one in the making, or the remains of one that was killed
DIR/.lock            held while one is made
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CURRENT = "current"
LOCK = ".lock"
UNFINISHED = ".new-"
DATABASE = "archive.db"
REVIEWS = "reviews.db"
MANIFEST = "publication.json"
PIECES = "pieces.json"
DOWNLOADS = "downloads"
SUMS = "SHA256SUMS"
PACKAGE = "datapackage.json"
CODEBOOK = "codebook.json"
DDI = "codebook.xml"


def current_publication(folder: Path) -> Path | None:
    """Return the publication to serve, with no link in its path; None where there is none."""
    try:
        found = (folder / CURRENT).resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a circle of links, before Python 3.13
        return None
    return found if (found / MANIFEST).is_file() else None


def current_since(folder: Path) -> datetime:
    """Return since when the publication to serve is the current one: the time of the link to it.

    Raises:
        OSError: There is no such link.
    """
    return datetime.fromtimestamp((folder / CURRENT).lstat().st_mtime, UTC)


def finished_publications(folder: Path) -> list[Path]:
    """Return the finished publications of a folder, the oldest first."""
    return sorted(
        path
        for path in folder.iterdir()
        if not path.is_symlink() and not path.name.startswith(".") and (path / MANIFEST).is_file()
    )


def read_manifest(publication: Path) -> dict[str, Any]:
    """Return the manifest of a publication: when it was made, its digest and its numbers of rows."""
    content: dict[str, Any] = json.loads((publication / MANIFEST).read_text(encoding="utf-8"))
    return content


def is_publication_folder(folder: Path) -> bool:
    """Return whether publications may be put into a folder: it is empty, or has some already."""
    names = {path.name for path in folder.iterdir()} - {"lost+found"}  # of a disk of its own
    return not names or LOCK in names
