"""Addresses with a former id lead to the present one, whatever they end with."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.publish.samples import PINGLUO
from tests.publish.small_archive import started

OLD = "000000-gongyehexinxihuaju-c3f5"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (f"/report/{OLD}-2024", f"/report/{PINGLUO}-2024"),
        (f"/report/{OLD}-2024.json", f"/report/{PINGLUO}-2024.json"),
        (f"/report/{OLD}-2024.csv?a=1&b=2", f"/report/{PINGLUO}-2024.csv?a=1&b=2"),
        (f"/agency/{OLD}", f"/agency/{PINGLUO}"),
        (f"/agency/{OLD}.json", f"/agency/{PINGLUO}.json"),
        (
            f"/proof/{OLD}-2024/requests/new/total.json",
            f"/proof/{PINGLUO}-2024/requests/new/total.json",
        ),
    ],
)
@pytest.mark.parametrize("language", ["", "/en"])
async def test_an_old_id_leads_to_the_new_one(
    db: Path, asked: str, answered: str, language: str
) -> None:
    with closing(sqlite3.connect(db)) as conn, conn:
        conn.executemany(
            "INSERT INTO forwards VALUES (?, ?, '2026-01-01T00:00:00Z', 'region')",
            [(OLD, PINGLUO), (f"{OLD}-2024", f"{PINGLUO}-2024")],
        )
    async with started(db) as site:
        response = await site[language].client.get(asked)
        assert (response.status_code, response.headers["location"]) == (
            301,
            f"{language}{answered}",
        )


@pytest.mark.parametrize("has_table", [True, False])
async def test_an_id_that_never_was_is_not_found(db: Path, has_table: bool) -> None:
    """Also in an archive of an earlier version, which has no such table."""
    if not has_table:
        with closing(sqlite3.connect(db)) as conn, conn:
            conn.execute("DROP TABLE forwards")
    async with started(db) as site:
        for path in (f"/report/{OLD}-2024", f"/report/{OLD}-2024.json", f"/agency/{OLD}"):
            assert (await site[""].client.get(path)).status_code == 404
