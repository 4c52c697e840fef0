"""Which addresses are dear: what is computed or drawn for one reader, and not read as it lies."""

from __future__ import annotations

from typing import Literal

Kind = Literal["question", "drawing"]

_ASKED = frozenset(("search", "compare", "table", "map", "checks", "changes", "coverage"))
"""Pages that answer a question if they get one, and are read as they lie if they get none."""

_LISTS = ("/archive/", "/feeds/")
_FILES = (".csv", ".xlsx")
"""The question may be empty, the answer is long."""

_DRAWN = ("/proof/", "/edit/", "/viewer/")
"""Originals are opened in a sandbox, and proofs packed."""


def kind_of(path: str, query_string: str) -> Kind | None:
    """Return what a dear address asks for, None for one that is not dear. `path` has no base.

    SQL of readers has a line of its own, in `query_desk`.

    >>> kind_of("/search", "q=公开")
    'question'
    >>> kind_of("/search", "")
    >>> kind_of("/checks.csv", "")
    'question'
    """
    path = path.removeprefix("/embed")
    is_then = "as_of=" in query_string
    if path.startswith(_DRAWN) or ("/chart/" in path and path.endswith(".png")):
        return "drawing"
    if path.startswith("/report/"):  # as of a day, the figures may have to be read in the original
        return "drawing" if is_then else None
    if path[1:].partition(".")[0] in _ASKED or path.startswith(_LISTS):
        return "question" if query_string or path.endswith(_FILES) else None
    return "question" if is_then else None
