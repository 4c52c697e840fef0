"""Keys as parts of an address, in the encoding that Datasette's own pages use."""

from __future__ import annotations

import re

from datasette.utils import tilde_encode

_PLAIN = re.compile(r"[A-Za-z0-9_-]*+")


def path_segment(key: object) -> str:
    """Return a key as one segment of a path; a slash or a dot in it is encoded.

    >>> path_segment("640221-a/b")
    '640221-a~2Fb'
    """
    text = str(key)
    # most keys stay as they are, and some pages have thousands
    return text if _PLAIN.fullmatch(text) else str(tilde_encode(text))


NO_ITEM = "-"
"""Stands in addresses for the item of tables with one row, which is ""."""


def proof_path(report_id: str, key: tuple[str, str, str]) -> str:
    """Return the path of the proof of a cell, given by its part, item and field.

    >>> proof_path("pingluo-2024", ("requests", "new", "total"))
    '/proof/pingluo-2024/requests/new/total'
    """
    part, item, field = key
    return f"/proof/{path_segment(report_id)}/{part}/{item or NO_ITEM}/{field}"


def change_path(report_id: str, seen_at: str) -> str:
    """Return the path of the change of a report that was first seen at a time (UTC, ISO).

    >>> change_path("pingluo-2024", "2025-03-01T01:30:00Z")
    '/edit/pingluo-2024/2025-03-01T01:30:00Z'
    """
    return f"/edit/{path_segment(report_id)}/{seen_at}"
