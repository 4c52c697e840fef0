"""Served files opened beside Datasette, for what is made once of each."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def read_only(path: Path) -> sqlite3.Connection:
    """Open a database file for reading; the caller closes it."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
