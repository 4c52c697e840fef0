"""Pages of a publication that was made from the last one: those of one that was made anew."""

from __future__ import annotations

import random
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.store.database import transaction, writer
from tests.archive.rollups.renewing import ROUNDS, copied, made_anew, renew
from tests.archive.rollups.thrown_rows import fill
from tests.publish.small_archive import started

PAGES = (
    *(
        "/",
        "/status",
        "/region",
        "/region/640000",
        "/region/640221",
        "/checks",
        "/changes",
        "/coverage",
    ),
    "/search?q=信息&published_from=2020-01-01&published_to=2022-12-31",
    *("/search?sort=refused", "/checks?sort=-size&region=640000", "/changes?kind=department"),
    *("/coverage?status=missing&sort=agency", "/checks.csv", "/coverage.csv"),
    *(f"/feeds/{kind}.atom" for kind in ("reports", "checks", "changes")),
    *("/archive/reports", "/archive/report_summary?_sort_desc=refused", "/archive/figures"),
)
OF_THE_FILE = r"renewed|anew|Queries took [^<]*"
"""What pages say of the file itself, and of the time that they took."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a public file of which rows were replaced in some nights, and one made anew of it."""
    folder = tmp_path_factory.mktemp("nights")
    with writer(folder / "archive.db") as conn, transaction(conn):
        fill(conn, random.Random(7), agencies=40, reports=120)
    write_public_file(folder / "archive.db", folder / "public.db")
    paths = folder / "renewed.db", folder / "anew.db"
    with closing(sqlite3.connect(folder / "public.db")) as kept, closing(copied(kept)) as conn:
        for night in range(ROUNDS):
            renew(conn, random.Random(night), 12, night)
        with closing(made_anew(conn)) as anew:
            for source, path in zip((conn, anew), paths, strict=True):
                with closing(sqlite3.connect(path)) as target:
                    source.backup(target)
    return paths


async def test_pages_are_the_same(files: tuple[Path, Path]) -> None:
    found = []
    for path in files:
        async with started(path) as datasettes:
            answers = [await datasettes["/en"].client.get(page) for page in PAGES]
        assert {answer.status_code for answer in answers} == {200}
        found.append([re.sub(OF_THE_FILE, "", answer.text) for answer in answers])
    for page, renewed, anew in zip(PAGES, *found, strict=True):
        assert renewed == anew, page
