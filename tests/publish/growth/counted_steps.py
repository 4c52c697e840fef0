"""How many instructions of SQLite's virtual machine an address takes: the same on every machine."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from gongkai.archive.publication.public_file import write_public_file
from gongkai.extract.chinese.divisions import regions
from gongkai.publish.server.datasette_server import Inspected, open_languages
from gongkai.publish.server.publication_server import PROBE_PAGES, WARMED_PAGES
from gongkai.publish.wording.page_addresses import ENGLISH
from tests.benchmarks import many_reports
from tests.benchmarks.bench_pages import told

STEPS = 100
"""Instructions between two counts."""

counted = 0


class CountingConnection(sqlite3.Connection):
    """A connection that counts instructions beside the handler that somebody sets."""

    def set_progress_handler(self, handler: Callable[[], int | None] | None, n: int) -> None:
        """Count, and call the handler after every n instructions."""
        waited = 0

        def count() -> int | None:
            global counted
            nonlocal waited
            counted += STEPS
            waited += STEPS
            if handler is None or waited < n:
                return 0
            waited = 0
            return handler()

        super().set_progress_handler(count, STEPS)


def connect(*args: object, **options: object) -> sqlite3.Connection:
    """Connect as sqlite3 does, and count."""
    opened = CountingConnection(*args, **options)  # type: ignore[arg-type]
    opened.set_progress_handler(None, STEPS)
    return opened


PROVINCES = ("46", "64")

CHANGES = """
INSERT OR IGNORE INTO changes (report_id, seen_at, part, item, field, old, new)
SELECT id, last_seen, 'requests', 'new', 'total', '1', '0' FROM reports WHERE rowid % 3 = 0
"""
"""So many that a page of changes is full in a small file too."""

PORTALS = """
INSERT INTO sites (id, name, url, region_code, cms)
SELECT 'portal' || rowid, '某县人民政府', 'http://portal.test/', '640121', 'generic' FROM reports WHERE rowid % 10 = 0
"""
CRAWLS = """
INSERT INTO runs (id, kind, site, started, finished, seen_at, outcome, requests)
SELECT s.id || '-' || n.value, 'crawl', s.id, '2025-01-0' || n.value, '2025-01-0' || n.value,
       '2025-01-0' || n.value, 'ok', 9
FROM sites s, json_each('[1, 2, 3]') n WHERE s.id LIKE 'portal%'
"""
"""Portals that have no reports: a larger file has more of them."""

RUNS = "UPDATE runs SET seen_at = replace(seen_at, '06-01', '02-01')"
"""The portal was not looked at after the deadline: what is missing was not looked for."""


def make_public(folder: Path, reports: int) -> Path:
    """Make the public file of an archive of so many reports, all of two small provinces.

    So each division has more of them in a larger file.
    """
    few = {code: region for code, region in regions().items() if code[:2] in PROVINCES}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many_reports, "regions", lambda: few)
        many_reports.make(folder / "archive.db", reports)
    with closing(sqlite3.connect(folder / "archive.db")) as conn, conn:
        for statement in (CHANGES, PORTALS, CRAWLS):
            conn.execute(statement)
        conn.execute(RUNS)
    write_public_file(folder / "archive.db", folder / "public.db")
    return folder / "public.db"


def keys_of(path: Path) -> dict[str, str]:
    """Return keys for addresses: those of the first agencies of a county."""
    with closing(sqlite3.connect(path)) as conn:
        found = conn.execute(
            "SELECT max(r.id), r.agency_id, a.region_code FROM reports r"
            " JOIN agencies a ON a.id = r.agency_id WHERE r.agency_id >= '6401'"
            " GROUP BY r.agency_id ORDER BY r.agency_id LIMIT 2"
        ).fetchall()
    (report, agency, county), (_, other, _) = found
    return {"report": report, "agency": agency, "county": county, "other": other}


def steps_of(path: Path, addresses: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return for each address its status, and the instructions that it took."""
    return _counting(path, addresses, lambda answer: answer.status_code)[0]


def lines_of(path: Path, addresses: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return for each file its lines, and the instructions that it took."""
    return _counting(path, addresses, lambda answer: answer.text.count("\n"))[0]


def steps_of_start(path: Path) -> int:
    """Return the instructions until a publication is served: opened, tried, and its caches filled."""
    addresses = (*PROBE_PAGES, *WARMED_PAGES)
    return _counting(path, addresses, lambda answer: answer.status_code)[1]


About = Callable[[httpx.Response], int]


def _counting(
    path: Path, addresses: Iterable[str], about: About
) -> tuple[dict[str, tuple[int, int]], int]:
    """Return what is known of each answer with its instructions, and all from the start on."""
    known = told(path)  # a publication says it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", connect)
        before = counted
        return asyncio.run(_ask(path, known, addresses, about)), counted - before


async def _ask(
    path: Path, known: Inspected, addresses: Iterable[str], about: About
) -> dict[str, tuple[int, int]]:
    datasettes = open_languages(path, inspected=known)
    found = {}
    for datasette in datasettes.values():
        await datasette.invoke_startup()
    for address in addresses:
        before = counted
        language = ENGLISH if address.startswith(f"{ENGLISH}/") else ""
        answer = await datasettes[language].client.get(address.removeprefix(language))
        found[address] = about(answer), counted - before
    for datasette in datasettes.values():
        datasette.executor.shutdown()
    return found
