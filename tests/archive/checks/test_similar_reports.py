"""Texts compared night by night: always what comparing all of them at once gives."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.archive.checks import runner
from gongkai.archive.checks.comparable_prose import SHORTEST, blank_names
from gongkai.archive.checks.facts import ReportFacts
from gongkai.archive.checks.facts_query import FactsReader
from gongkai.archive.checks.minhash import minhash_sketch, shingles
from gongkai.archive.store.database import transaction, writer
from tests.archive.checks.in_memory import in_memory
from tests.archive.checks.prose import text

AGENCIES = ("教育局", "民政局", "司法局", "水利局", "审计局", "林业局")


def _variants(seed: int) -> tuple[str, str, str]:
    """Return a text, one that is alike to it, and one that is alike to the second at most."""
    said = text(seed)
    return said, said[:-40] + text(seed + 10)[:40], said[:-120] + text(seed + 20)[:120]


TEXTS = (*_variants(1), *_variants(2), "短。")
DAYS = (None, "2025-01-10", "2025-01-20", "2025-01-20", "2025-03-30")

FOUND = st.tuples(
    st.sampled_from(AGENCIES),
    st.sampled_from((2023, 2024)),
    st.integers(0, len(TEXTS) + 1),  # a number without a text: the report is removed
    st.sampled_from(DAYS),
)


def write(conn: sqlite3.Connection, agency: str, year: int, said: str, day: str | None) -> None:
    """Write a report as the loader does, and enqueue its checks."""
    key, name = f"{agency}-{year}", f"平罗县{agency}"
    conn.execute(
        "INSERT OR IGNORE INTO agencies(id, name, level, kind, sector) VALUES (?, ?, 'county',"
        " 'department', '')",
        [agency, name],
    )
    remove(conn, key)
    conn.execute("INSERT OR IGNORE INTO documents VALUES ('d', 'text/html', '', NULL, NULL, '')")
    conn.execute(
        "INSERT INTO reports(id, agency_id, year, form, title, published_on, url, digest, status,"
        " first_seen, last_seen, checks_failed) VALUES (?, ?, ?, '2021', '', ?, '', 'd', 'complete',"
        " '2025-01-21T00:00:00Z', '2025-01-21T00:00:00Z', 0)",
        [key, agency, year, day],
    )
    conn.execute("INSERT INTO sections VALUES (?, 1, '', ?, 1)", [key, said])


def remove(conn: sqlite3.Connection, key: str) -> None:
    runner.discard_comparisons(conn, key)
    runner.enqueue_checks(conn, key)
    for table in ("sections", "checks"):
        conn.execute(f"DELETE FROM {table} WHERE report_id = ?", [key])
    conn.execute("DELETE FROM reports WHERE id = ?", [key])


def stored(conn: sqlite3.Connection) -> dict[str, tuple[bool, list[tuple[str, float]]]]:
    """Return of each report whether it begins a family, and what it is alike to."""
    alike: dict[str, list[tuple[str, float]]] = {}
    for key, earlier, share in conn.execute(
        "SELECT t.report_id, t.twin_id, l.share FROM twin_passages t JOIN likeness l"
        " ON l.report_id = t.report_id AND l.earlier_id = t.twin_id WHERE t.number = 1"
    ):
        alike.setdefault(key, []).append((earlier, share))
    rows = conn.execute("SELECT report_id, is_first FROM families WHERE sketch <> x''")
    return {key: (bool(first), sorted(alike.get(key, []))) for key, first in rows}


def computed(conn: sqlite3.Connection) -> dict[str, tuple[bool, list[tuple[str, float]]]]:
    """Return the same from all texts at once."""
    texts = dict(conn.execute("SELECT report_id, text FROM sections").fetchall())
    bare = {
        report: blank_names(texts[key], report.agency, report.region_code)
        for key, report in FactsReader(conn).read(texts.keys()).items()
    }
    cut = {report: shingles(said) for report, said in bare.items()}
    sketches: dict[ReportFacts, bytes] = {
        report: minhash_sketch(cut[report]) if len(bare[report]) >= SHORTEST else b""
        for report in cut
    }
    return {
        report.report_id: (
            made.is_first,
            sorted((pair.earlier.report_id, pair.likeness) for pair in made.pairs),
        )
        for report, made in in_memory(sketches, cut).items()
    }


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(nights=st.lists(st.lists(FOUND, min_size=1, max_size=5), min_size=2, max_size=5))
def test_nights_give_what_all_texts_at_once_give(
    tmp_path_factory: pytest.TempPathFactory,
    nights: list[list[tuple[str, int, int, str | None]]],
) -> None:
    path = tmp_path_factory.mktemp("texts") / "archive.db"
    with writer(path) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        for night in nights:
            with transaction(conn):
                for agency, year, number, day in night:
                    if number < len(TEXTS):
                        write(conn, agency, year, TEXTS[number], day)
                    else:
                        remove(conn, f"{agency}-{year}")
            runner.run_cross_report_checks(conn)
            assert stored(conn) == computed(conn)
            assert found(conn) == again(conn)


def found(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
    return conn.execute("SELECT * FROM checks ORDER BY id").fetchall()


def again(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Return the checks of an archive that was never checked before."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        conn.backup(copy)
        copy.execute("DELETE FROM across_version")
        copy.execute("DELETE FROM checks")
        runner.run_cross_report_checks(copy)
        return found(copy)


def test_a_new_report_is_compared_with_few(tmp_path: Path) -> None:
    """Of 120 reports of forty agencies, one more asks for the texts of its own agency and its twins."""
    with writer(tmp_path / "archive.db") as conn:
        conn.execute("PRAGMA synchronous = OFF")
        for n in range(40):
            for year in (2021, 2022, 2023):
                write(conn, f"第{n}局", year, text(n % 20 + year), f"{year + 1}-01-{n % 20 + 10}")
        runner.run_cross_report_checks(conn)
        asked: list[str] = []
        conn.set_trace_callback(asked.append)
        write(conn, "第7局", 2024, text(7 + 2024), "2025-01-17")
        runner.run_cross_report_checks(conn)
        conn.set_trace_callback(None)
        read = [each for each in asked if "FROM sections WHERE report_id" in each]
        assert stored(conn) == computed(conn)
    assert 1 <= len([each for each in read if each.startswith("SELECT number")]) < 12
