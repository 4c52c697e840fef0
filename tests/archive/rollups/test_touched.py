"""What single reports add and take away: the same tables as if everything had been made anew."""

from __future__ import annotations

import random
import sqlite3
import zlib
from contextlib import closing

import pytest

from gongkai.archive.rollups import every_rollup, facet_bits
from gongkai.archive.rollups.facet_orders import ready_order
from gongkai.archive.rollups.list_specs import LISTS
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from tests.archive.rollups.renewing import ROUNDS, made_anew, renew

PLAIN = (
    *(set(MATERIALISED_VIEWS) - {"form_crosswalk"}),
    *(
        "region_sums",
        "filtered_sums",
        "coverage_sums",
        "looked_sites",
        "table_facets",
        "site_numbers",
    ),
    *("most_contradictory", "site_reports", "name_list"),
    *(table for spec in LISTS.values() for table in spec.counted),
)
"""Tables that have no places."""

INDEXES = ("search_index", "gram_index", "name_index")


def derived(conn: sqlite3.Connection) -> dict[str, object]:
    """Return the content of every derived table, without numbers that are only places."""
    found: dict[str, object] = {
        table: sorted(conn.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
        for table in PLAIN
    }
    found["rowids"] = conn.execute("SELECT rowid, report_id FROM report_summary").fetchall()
    for spec in LISTS.values():
        row = (
            "l.row"
            if spec.name != "coverage"
            else "(SELECT agency_id FROM coverage WHERE rowid = l.row)"
        )
        columns = ", ".join(f"l.{name}" for name in spec.columns if name != "row")
        found[spec.rows_table] = conn.execute(
            f"SELECT {row}, {columns} FROM {spec.rows_table} l ORDER BY place"
        ).fetchall()
        found[spec.places_table] = conn.execute(
            f"SELECT w.root, (SELECT count(*) FROM {spec.rows_table} l WHERE l.place < w.place)"
            f" FROM {spec.places_table} w ORDER BY w.root, w.place"
        ).fetchall()
    found["figure_values"] = sorted(conn.execute("SELECT * FROM figures").fetchall(), key=repr)
    found["figure_places"] = conn.execute(
        "SELECT part, item, field FROM figure_places ORDER BY 1, 2, 3"
    ).fetchall()
    found["facet_bits"] = [
        (*key, zlib.decompress(bits).rstrip(b"\0"))
        for *key, bits in conn.execute("SELECT * FROM facet_bits ORDER BY 1, 2, 3")
    ]
    found["facet_orders"] = {name: ready_order(conn, name) for name in ("latest", "newest")}
    for index in INDEXES:
        conn.execute(f"CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, {index}, 'instance')")
        found[index] = sorted(conn.execute("SELECT * FROM words").fetchall(), key=repr)
        conn.execute("DROP TABLE temp.words")
    found["scores"] = conn.execute(
        "SELECT rowid, round(bm25(search_index), 9) FROM search_index"
        " WHERE search_index MATCH '信' ORDER BY rowid"
    ).fetchall()
    return found


def test_every_table_is_compared(conn: sqlite3.Connection) -> None:
    tables = {*every_rollup.TABLES, *MATERIALISED_VIEWS, "name_list", *INDEXES}
    same_everywhere = {"form_crosswalk", "rollup_layout"}
    assert tables - derived(conn).keys() == same_everywhere


@pytest.mark.parametrize("seed", range(12))
def test_forgetting_and_adding_is_making_anew(conn: sqlite3.Connection, seed: int) -> None:
    """In every table, night after night, with many changes or with few."""
    dice = random.Random(seed)
    for number in range(ROUNDS):
        renew(conn, dice, dice.choice((1, 2, 6, 25)), number)
    assert conn.execute("SELECT count(*) FROM sqlite_temp_master").fetchone()[0] == 1 + 2 * 3
    with closing(made_anew(conn)) as anew:
        expected, found = derived(anew), derived(conn)
    for name, rows in expected.items():
        assert found[name] == rows, name
    assert {name for name, rows in expected.items() if not rows} == set()


def places(conn: sqlite3.Connection) -> dict[str, dict[object, int]]:
    """Return the place of each row of each list."""
    return {
        name: {
            tuple(row): place for place, *row in conn.execute(f"SELECT * FROM {spec.rows_table}")
        }
        for name, spec in LISTS.items()
    }


def test_what_was_not_touched_keeps_its_place(conn: sqlite3.Connection) -> None:
    before = places(conn)
    renew(conn, random.Random(4), 3, 0)
    for name, now in places(conn).items():
        same = before[name].keys() & now.keys()
        assert len(same) > 0.5 * len(now), name
        assert all(now[row] == before[name][row] for row in same), name


def test_a_list_without_room_is_made_anew(conn: sqlite3.Connection) -> None:
    for spec in LISTS.values():
        found = conn.execute(f"SELECT place FROM {spec.rows_table} ORDER BY place").fetchall()
        closer = [(rank, place) for rank, (place,) in enumerate(found)]
        for table in (spec.rows_table, spec.places_table):
            conn.executemany(f"UPDATE {table} SET place = ? WHERE place = ?", closer)
    renew(conn, random.Random(5), 6, 0)
    with closing(made_anew(conn)) as anew:
        assert derived(conn) == derived(anew)


def test_bits_are_kept_in_parts(conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports of any number have a bit in one part, and parts without bits are not kept."""
    monkeypatch.setattr(facet_bits, "PART_BITS", 8)
    with closing(made_anew(conn)) as parted:
        renew(parted, random.Random(6), 25, 0)
        (size,) = parted.execute("SELECT max(rowid) + 1 FROM reports").fetchone()
        expected = facet_bits.collect_bits(parted, size)
        found = {
            facet: {value: facet_bits.load_bits(parted, facet, value) for value in values}
            for facet, values in facet_bits.load_values(parted).items()
        }
        kept = parted.execute("SELECT count(DISTINCT part) FROM facet_bits")
        assert kept.fetchone()[0] > 5
    assert found == expected
