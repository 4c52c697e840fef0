"""The manifests that somebody outside the folder of originals knows: noted digests, and archives."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from gongkai.archive.errors import ArchiveError
from gongkai.archive.store.database import reader
from gongkai.crawler.manifests.chain_heads import StatedHead
from gongkai.crawler.manifests.run_manifest import DIGEST_PREFIX

DIGEST = re.compile(rf"(?:{DIGEST_PREFIX})?([0-9a-f]{{64}})")


def known_heads(digests: Sequence[str], archives: Sequence[Path]) -> list[tuple[str, StatedHead]]:
    """Return who knows which manifest: noted digests, and all manifests of archives or publications.

    Raises:
        ArchiveError: A digest is none, or an archive cannot be read.
    """
    found = []
    for digest in digests:
        stated = DIGEST.fullmatch(digest.strip().lower())
        if stated is None:
            raise ArchiveError("head_invalid", digest=digest)
        found.append(("", StatedHead(0, DIGEST_PREFIX + stated[1])))
    for path in archives:
        with reader(path, older=True) as conn:
            try:
                rows = conn.execute(
                    "SELECT number, digest FROM manifests ORDER BY number"
                ).fetchall()
            except sqlite3.OperationalError:
                raise ArchiveError("archive_without_manifests", path=str(path)) from None
        found += [(str(path), StatedHead(number, digest)) for number, digest in rows]
    return found
