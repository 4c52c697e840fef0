"""A date that comes from a wrong clock is no citation: the page shows the server's, and says so."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.store import database
from tests.publish.samples import PINGLUO
from tests.publish.small_archive import SEEN, fetcher, started


@pytest.mark.parametrize(
    ("clock", "server_date", "said"),
    [
        ("marked", SEEN[0], ("时钟有误（已标记）", "网站服务器的日期")),
        ("wrong", SEEN[0], ("时钟有误", "网站服务器的日期")),
        ("wrong", None, ("时钟有误", "前后各次采集推定")),
        ("doubtful", SEEN[0], ()),
        ("", SEEN[0], ()),
    ],
)
async def test_the_citation_says_that_the_clock_was_wrong(
    archive: Path, tmp_path: Path, clock: str, server_date: str | None, said: tuple[str, ...]
) -> None:
    path = tmp_path / "archive.db"
    shutil.copy(archive, path)
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute(
            "UPDATE snapshots SET clock = ?, server_date = ?, fetched_at = '2001-01-01T00:00:00Z'"
            " WHERE seen_at = ?",
            [clock, server_date, SEEN[0]],
        )
    with database.reader(path):
        pass
    async with started(path) as datasettes:
        page = await fetcher(datasettes)(f"/report/{PINGLUO}-2024")
    for place in (".citation", ".facts"):
        found = page.select_one(place)
        assert found is not None
        text = found.get_text(" ", strip=True)
        assert "2025-03-01" in text
        assert "2001" not in text
        assert all(each in text for each in said)
        assert bool(said) == ("时钟" in text)
