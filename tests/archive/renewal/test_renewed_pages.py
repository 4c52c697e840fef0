"""Readers of a file made from the last one see what those of one made anew see."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.renewal.renewed_file import renew_public_file
from tests.archive.renewal.following import followed, published
from tests.archive.renewal.nights import EVENTS, change_archive
from tests.publish.small_archive import started

PAGES = [
    "/",
    "/region",
    "/region/640000",
    "/region/640221",
    "/status",
    "/map",
    "/data",
    "/search?q=公开",
    "/search?q=新增一句",
    "/search?q=改名局",
    "/search?region=640000",
    "/search?sort=refused",
    "/search?q=复议&sort=date",
    "/search.json?q=公开",
    "/names.json?q=新",
    "/checks",
    "/checks?sort=size",
    "/checks?rule=requests_balance",
    "/changes",
    "/coverage",
    "/coverage?status=missing&sort=late",
    "/feeds/reports.atom",
    "/feeds/checks.atom",
    "/feeds/changes.atom",
    "/table.atom?region=640000",
    "/table?region=640000",
    "/compare?region=640000&region=430000",
    "/archive/report_summary?_sort_desc=requests_new",
    "/archive/requests?_sort_desc=total",
    "/archive/agencies",
    "/archive/coverage",
    "/archive/region_totals",
    "/archive/cells",
    "/archive/snapshots",
    "/archive/checks",
    "/archive/reports",
]
OF_REPORT = ("/report/{}", "/report/{}.json", "/report/{}?as_of=2025-05-01")
_RANDOM = re.compile(r"nonce-?=?[\"']?[\w+/=-]{1,64}")


async def answers(path: Path, reports: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Return status and text of each page."""
    own = [page.format(report) for report in reports for page in OF_REPORT]
    own += [f"/agency/{report.rpartition('-')[0]}" for report in reports]
    found = {}
    async with started(path) as datasettes:
        for page in (*PAGES, *own):
            answer = await datasettes[""].client.get(page)
            found[page] = (answer.status_code, _RANDOM.sub("", answer.text))
    return found


async def test_all_pages_are_the_same(db: Path, tmp_path: Path) -> None:
    (tmp_path / "anew").mkdir()
    (tmp_path / "renewed").mkdir()
    anew, renewed = tmp_path / "anew" / "archive.db", tmp_path / "renewed" / "archive.db"
    dice = random.Random(11)
    change_archive(db, dice, [each for each in EVENTS if each.__name__ == "owe_reports"])
    last = published(db, tmp_path / "first.db")
    change_archive(db, dice, EVENTS[:7])
    between = tmp_path / "between.db"
    last = followed(between, renew_public_file(db, last, between))
    change_archive(db, dice, EVENTS[7:])
    renew_public_file(db, last, renewed)
    write_public_file(db, anew)
    with closing(sqlite3.connect(anew)) as conn:
        reports = [key for (key,) in conn.execute("SELECT id FROM reports ORDER BY id")]
    mine, theirs = await answers(renewed, reports[::3]), await answers(anew, reports[::3])
    assert sorted((page, status) for page, (status, _) in theirs.items() if status != 200) == []
    for page, answer in theirs.items():
        assert mine[page] == answer, page
