"""Files as answers: as they are stored, or made from those of the years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from gongkai.archive.publication.parts.stretches import Stretch
from gongkai.publish.datasette_types import Request, Response
from gongkai.publish.http.file_response import FileResponse
from gongkai.publish.http.made_file_response import MadeFile, MadeFileResponse
from gongkai.publish.pages.data.downloads import Download, find_download
from gongkai.publish.pages.data.whole_tables import JoinedFile, find_made

PATH = r"[A-Za-z0-9_.=-]{1,100}(?:/[A-Za-z0-9_.=-]{1,100}){0,4}"
"""The path of a file in an address."""


def sent_file(folder: Path | None, name: str, request: Request, cache: str) -> Response | None:
    """Return a file of a folder of downloads as the answer, None where it is not offered.

    `cache` is for how long it may be kept, as the header writes it.

    Raises:
        TooManyMade: Enough other files are being made.
    """
    if folder is None:
        return None
    if stored := find_download(folder, name):
        return _stored(folder, stored, request, cache)
    made = find_made(folder, name)
    if isinstance(made, JoinedFile):
        return FileResponse(
            pieces=made.pieces,
            name=made.name,
            size=made.size,
            media_type=made.media_type,
            etag=made.etag,
            method=request.method,
            request_headers=request.headers,
            modified=_modified(made.sources),
            cache=cache,
        )
    if made is None:
        return None
    modified = _modified(made.sources)
    file = MadeFile(made.name, made.media_type, made.etag, made.size, modified, cache)
    return MadeFileResponse(file, made.blocks(), request.method, request.headers)


def _stored(folder: Path, found: Download, request: Request, cache: str) -> Response:
    path = folder / found.name
    return FileResponse(
        pieces=(Stretch(path, 0, found.bytes),),
        name=saved_name(path),
        size=found.bytes,
        media_type=found.media_type,
        etag=f'"{found.sha256}"' if found.sha256 else "",
        method=request.method,
        request_headers=request.headers,
        modified=_modified([path]),
        cache=cache,
    )


def saved_name(path: Path) -> str:
    """Return the name under which a file is saved: that of a year has the name of its table.

    >>> saved_name(Path("csv/requests/2024.csv.gz")), saved_name(Path("csv/regions.csv.gz"))
    ('requests-2024.csv.gz', 'regions.csv.gz')
    """
    is_year = path.name.partition(".")[0].isdecimal()
    return f"{path.parent.name}-{path.name}" if is_year else path.name


def _modified(paths: Sequence[Path]) -> datetime:
    """Return when the newest of some files was written: any year may be the one that changed."""
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in paths), UTC)
