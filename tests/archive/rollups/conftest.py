"""A public file with agencies and reports that dice have thrown."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.store.database import transaction, writer
from tests.archive.rollups.renewing import copied
from tests.archive.rollups.thrown_rows import fill


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a public file that tests only read."""
    path = tmp_path_factory.mktemp("thrown") / "archive.db"
    with writer(path) as conn, transaction(conn):
        fill(conn, random.Random(7), agencies=25, reports=60)
    public = path.with_name("public.db")
    write_public_file(path, public)
    return public


@pytest.fixture
def conn(made: Path) -> Iterator[sqlite3.Connection]:
    """Return a copy in memory, with the calendar."""
    with closing(sqlite3.connect(made)) as kept, closing(copied(kept)) as conn:
        yield conn


@pytest.fixture(scope="module")
def made_public(made: Path) -> Iterator[sqlite3.Connection]:
    """Return a copy in memory for the tests of a module."""
    with closing(sqlite3.connect(made)) as kept, closing(copied(kept)) as conn:
        yield conn
