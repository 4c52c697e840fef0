"""From what the answers of an instance are made, and when that changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from gongkai import clock
from gongkai.publish.datasette_types import Datasette
from gongkai.publish.http.validators import ServedState
from gongkai.publish.site import archive_of


def state_of(datasette: Datasette) -> Callable[[], ServedState]:
    """Return a function that looks at what the answers of an instance are made from.

    The program and its texts do not change while they run: the time since which an instance answers
    stands for them, so that nobody keeps a page of an earlier version.
    """
    archive = archive_of(datasette)
    since = archive.site.since or clock.now()
    files = [archive.path, *([archive.site.reviews] if archive.site.reviews else [])]

    def look() -> ServedState:
        stamps = [stamp for path in files if (stamp := _stamp(path))]
        seen = [since, *(datetime.fromtimestamp(at / 1e9, UTC) for at, _ in stamps)]
        # the base has the prefix of the present request in it: answers contain addresses
        # pages say how late a report is today, and which release has their data
        folder = _stamp(archive.site.releases) if archive.site.releases else None
        day = clock.china_today().isoformat()
        parts = (since.isoformat(), day, folder, datasette.setting("base_url"), *stamps)
        # a clock that was wrong must not put a date into the future (RFC 9110, 8.8.2.1)
        return ServedState(" ".join(map(str, parts)), min(max(seen), clock.now()))

    return look


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return when a file was changed (nanoseconds) and its size, None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
