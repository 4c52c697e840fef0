"""The pooled panel, the crosswalk and the totals, computed once more from the other tables."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.store.csv_export import table_lines
from gongkai.archive.store.database import read_only
from gongkai.archive.store.pooled.variables import MEASURES
from gongkai.archive.store.views import COUNTS
from gongkai.extract.forms import FORM_2019, FORM_2021

Rows = list[dict[str, object]]


@pytest.fixture
def archive(made: Path) -> Iterator[sqlite3.Connection]:
    """Return the archive as a build leaves it."""
    with closing(read_only(made)) as conn:
        yield conn


def rows_of(conn: sqlite3.Connection, select: str) -> Rows:
    found = conn.execute(select)
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def crosswalk(conn: sqlite3.Connection) -> dict[str, dict[str, object]]:
    return {str(row["variable"]): row for row in rows_of(conn, "SELECT * FROM form_crosswalk")}


@pytest.mark.parametrize("name", ["form_crosswalk", "panel", "region_totals"])
def test_an_archive_and_its_publication_have_the_same_rows(
    archive: sqlite3.Connection, public: sqlite3.Connection, name: str
) -> None:
    """They compute them from views there, from tables here."""
    found = list(table_lines(archive, name))
    assert sorted(map(repr, found)) == sorted(map(repr, table_lines(public, name)))
    assert len(found) > 1


@pytest.mark.parametrize("name", COUNTS)
def test_a_view_has_as_many_rows_as_are_counted_without_computing_it(
    public: sqlite3.Connection, archive: sqlite3.Connection, name: str
) -> None:
    for conn in (public, archive):
        forms = dict(conn.execute("SELECT form, count(*) FROM reports GROUP BY form"))
        assert forms.keys() >= {"2019", "2021"}
        assert conn.execute(COUNTS[name]).fetchone() == (
            len(rows_of(conn, f"SELECT * FROM {name}")),
        )


def test_every_complete_report_has_every_variable_once(public: sqlite3.Connection) -> None:
    complete = public.execute("SELECT id FROM reports WHERE status = 'complete'").fetchall()
    counts = Counter(
        (row["report_id"], row["variable"]) for row in rows_of(public, "SELECT * FROM panel")
    )
    assert set(counts) == {(id, name) for (id,) in complete for name in crosswalk(public)}
    assert set(counts.values()) == {1}


def test_values_are_those_of_the_cells_that_the_crosswalk_names(
    public: sqlite3.Connection,
) -> None:
    """A variable that a form does not print has no value there, and says so."""
    known = crosswalk(public)
    cells = {
        tuple(row[name] for name in ("report_id", "part", "item", "field")): row["value"]
        for row in rows_of(public, "SELECT * FROM cells")
    }
    forms = set()
    for row in rows_of(public, "SELECT * FROM panel"):
        variable, form = str(row["variable"]), row["form"]
        forms.add(form)
        if variable in MEASURES or variable == "other_handling":
            continue
        place = tuple(known[variable][f"{name}_{form}"] for name in ("part", "item", "field"))
        if place[0] is None:
            assert (row["value"], row["absence"]) == (None, "not_in_form")
        else:
            assert row["value"] == cells[row["report_id"], *place], row
    assert forms == {"2019", "2021"}


def test_measures_are_those_of_the_summary(public: sqlite3.Connection) -> None:
    summary = {row["report_id"]: row for row in rows_of(public, "SELECT * FROM report_summary")}
    for row in rows_of(public, "SELECT * FROM panel"):
        if row["variable"] in MEASURES or row["variable"] == "other_handling":
            assert row["value"] == summary[row["report_id"]][str(row["variable"])], row


def test_every_missing_value_has_its_reason(public: sqlite3.Connection) -> None:
    """And a value has none. A rate of no cases is another thing than a sum with a missing part."""
    reasons = defaultdict(set)
    for row in rows_of(public, "SELECT * FROM panel"):
        assert (row["value"] is None) == (row["absence"] is not None), row
        reasons[row["absence"]].add(row["unit"])
    assert reasons["no_cases"] == {"share"}
    assert reasons["not_in_form"] == {"count", "wan_yuan"}
    (note,) = public.execute(
        """SELECT count(*) FROM panel p JOIN form_crosswalk w USING (variable)
           JOIN cell_notes n ON n.report_id = p.report_id AND n.part = w.part_2021
            AND n.item = w.item_2021 AND n.field = w.field_2021
           WHERE p.form = '2021' AND p.note IS NOT n.note"""
    ).fetchone()
    assert note == 0


def test_the_crosswalk_names_every_row_of_both_forms(public: sqlite3.Connection) -> None:
    """And does not pool what means different things: see `docs/explanation`."""
    known = crosswalk(public)
    for form in (FORM_2019, FORM_2021):
        named = {
            (row[f"part_{form.id}"], row[f"item_{form.id}"], row[f"field_{form.id}"])
            for row in known.values()
        }
        assert {(form.part, "", key) for key in form.disclosure_keys} <= named
        assert {("requests", item.key, "total") for item in form.items} <= named
    whole = known["other_handling"]
    assert (whole["item_2019"], whole["item_2021"], whole["pools"]) == (
        "other",
        "other_overdue_correction other_overdue_fee other",
        1,
    )
    apart = (
        "other_2021",
        "fees_wan_yuan",
        "fees_change",
        "regulations_in_force",
        "procurement_items",
    )
    assert {known[name]["pools"] for name in apart} == {0}
    assert all(row["why_zh"] and row["why_en"] for row in known.values())


def series_of(row: dict[str, object]) -> str:
    level = row["level"] or "unknown"
    if row["kind"] == "government" and level != "town":
        return f"government_{level}"
    return f"compiled_{level}" if row["covers"] == "compiled" else "bodies"


def test_totals_are_sums_over_the_reports_that_have_all_parts(public: sqlite3.Connection) -> None:
    """Of the region and all below it; computed here report by report."""
    parents = dict(public.execute("SELECT code, parent_code FROM regions"))
    sums: dict[tuple[object, ...], list[tuple[int, int]]] = defaultdict(list)
    for row in rows_of(public, "SELECT * FROM report_summary"):
        above, code = ["000000"], row["region_code"]
        while code:
            above.append(str(code))
            code = parents[code]
        for name, part, whole in (
            ("disclosed", row["disclosed"], 0),
            ("reviews", row["reviews"], 0),
            ("refusal_rate", row["refused"], row["requests_handled"]),
        ):
            if isinstance(part, int) and isinstance(whole, int):
                for root in above:
                    sums[root, row["year"], series_of(row), name].append((part, whole))
    found = {
        (row["region_code"], row["year"], row["series"], row["variable"]): row
        for row in rows_of(public, "SELECT * FROM region_totals")
        if row["variable"] in ("disclosed", "reviews", "refusal_rate")
    }
    assert found.keys() == sums.keys()
    for key, pairs in sums.items():
        row, part, whole = found[key], sum(p for p, _ in pairs), sum(w for _, w in pairs)
        if key[-1] == "refusal_rate":
            assert (row["numerator"], row["denominator"]) == (part, whole)
            assert row["value"] == (part / whole if whole else None)
        else:
            assert (row["value"], row["numerator"]) == (part, None)
        assert row["reports"] == len(pairs)
