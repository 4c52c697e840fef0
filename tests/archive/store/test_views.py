"""The tables and views of the data contract, row by row."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from uuid import uuid4

import pytest

from gongkai.extract.forms import FORM_2019, FORM_2021
from tests.archive.folder import Folder, report_page, zeros
from tests.printing.matrix import Style
from tests.printing.page import Markup, page

CONTRACT = {
    "regions": "code name full_name level parent_code valid_from valid_to successors",
    "agencies": "id name region_code level kind sector lineage_id",
    "duties": "agency_id since until why ground source site",
    "sites": "id name url region_code cms parent",
    "snapshots": "id site url final_url fetched_at status media_type bytes digest warc offset outcome"
    " rendered_from server_date seen_at clock visits last_seen last_record last_warc last_offset visited",
    "imports": "snapshot host collection crawler source source_digest record imported_at remarks",
    "documents": "digest media_type title outcome extractor error",
    "reports": "id agency_id year form title published_on url digest status first_seen last_seen"
    " checks_failed covers covers_sentence",
    "revisions": "report_id digest url first_seen last_seen current",
    "copies": "report_id digest url role first_seen last_seen",
    "changes": "report_id seen_at part item field old new",
    "sections": "report_id number heading text place",
    "requests": "report_id item natural_person business research_institute public_interest_org"
    " legal_service_org other_org total",
    "review_litigation": "report_id proceeding upheld corrected other pending total",
    "active_disclosure": "report_id regulations_made regulations_repealed regulations_in_force"
    " normative_docs_made normative_docs_repealed normative_docs_in_force licensing_decisions"
    " penalty_decisions coercion_decisions fees_wan_yuan",
    "active_disclosure_2019": "report_id regulations_new regulations_published regulations_total"
    " normative_docs_new normative_docs_published normative_docs_total licensing_prev_items"
    " licensing_change licensing_decisions other_services_prev_items other_services_change"
    " other_services_decisions penalty_prev_items penalty_change penalty_decisions"
    " coercion_prev_items coercion_change coercion_decisions fees_prev_items fees_change"
    " procurement_items procurement_wan_yuan",
    "cell_notes": "report_id part item field raw note box",
    "checks": "id report_id rule scope verdict left_value right_value message_zh message_en",
    "runs": "id kind site started finished outcome requests new changed unchanged gone blocked"
    " errors why_zh why_en server_lead seen_at clock",
    "cells": "report_id part item field value raw",
}
VIEWS = ("report_summary", "cells", "coverage", "reports_by_region", "refusal_reasons")


@pytest.fixture
def conn(folder: Folder) -> sqlite3.Connection:
    """A new archive with nothing in it but divisions and portals."""
    folder.build()
    with closing(sqlite3.connect(folder.db)) as opened:
        yield opened


@pytest.mark.parametrize("table", CONTRACT)
def test_columns_are_those_of_the_contract(conn: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
    assert columns == CONTRACT[table].split()


def test_no_name_needs_quoting(conn: sqlite3.Connection) -> None:
    for table in (*CONTRACT, *VIEWS):
        columns = [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
        for name in columns:
            conn.execute(f"SELECT {name}, t.{name} FROM {table} t WHERE {name} = 1 ORDER BY {name}")
        conn.execute(f"SELECT {', '.join(columns)} FROM {table}")


def test_every_reference_has_an_index(conn: sqlite3.Connection) -> None:
    for (table,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for _, _, _, column, *_ in conn.execute(f"PRAGMA foreign_key_list({table})"):
            if table in ("sites", "facts"):  # a handful of rows
                continue
            plan = conn.execute(f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {column} = 'x'")
            assert "SEARCH" in plan.fetchall()[0][3], (table, column)


def test_migrations_are_applied_once(folder: Folder) -> None:
    folder.build()
    applied = folder.rows("SELECT * FROM _sqlite_migrations ORDER BY id")
    assert len(applied) == len({name for _, _, name, *_ in applied}) > 0
    folder.build()
    assert folder.rows("SELECT * FROM _sqlite_migrations ORDER BY id") == applied


def test_sections_of_an_older_archive_keep_their_order(folder: Folder) -> None:
    """Before they had a place, their order was that in which they were written."""
    folder.fetch("2025-01-21T02:00:00Z", "/a.html", report_page())
    folder.build()
    before = folder.rows("SELECT * FROM sections ORDER BY report_id, place")
    with closing(sqlite3.connect(folder.db)) as conn, conn:
        conn.execute("ALTER TABLE sections RENAME TO newer")
        conn.execute(
            "CREATE TABLE sections (report_id TEXT NOT NULL REFERENCES reports(id),"
            " number INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL)"
        )
        conn.execute(
            "INSERT INTO sections SELECT report_id, number, heading, text FROM newer"
            " ORDER BY report_id, place"
        )
        conn.execute("DROP TABLE newer")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'section_places'")
    folder.build()
    assert folder.rows("SELECT * FROM sections ORDER BY report_id, place") == before
    assert len(before) > 1


def summary(folder: Folder) -> dict[str, object]:
    (row,) = folder.rows("SELECT * FROM report_summary")
    names = [name for _, name, *_ in folder.rows("PRAGMA table_info(report_summary)")]
    return dict(zip(names, row, strict=True))


def test_summary_has_the_published_measures(folder: Folder) -> None:
    body = report_page(
        new__total="8",
        carried_in__total="1",
        granted__total="3",
        granted_partly__total="1",
        refused_state_secret__total="1",
        refused_third_party__total="1",
        unavailable_not_held__total="1",
        rejected_repeat__total="1",
        other__total="0",
        total_handled__total="8",
        carried_out__total="1",
    )
    kept = folder.fetch("2025-01-21T02:00:00Z", "/a.html", body)
    folder.build()

    row = summary(folder)
    assert {name: row[name] for name in list(row)[15:]} == {
        "requests_new": 8,
        "requests_carried_in": 1,
        "requests_handled": 8,
        "requests_carried_out": 1,
        "granted": 3,
        "granted_partly": 1,
        "refused": 2,
        "unavailable": 1,
        "rejected": 1,
        "other_handling": 0,
        "disclosure_rate": 0.5,
        "refusal_rate": 0.25,
        "unavailable_rate": 0.125,
        "rejection_rate": 0.125,
        "reviews": 0,
        "reviews_pending": 0,
        "reviews_decided": 0,
        "reviews_corrected": 0,
        "review_correction_rate": None,
        "suits": 0,
        "suits_pending": 0,
        "suits_decided": 0,
        "suits_corrected": 0,
        "suit_correction_rate": None,
        "licensing_decisions": 0,
        "penalty_decisions": 0,
        "coercion_decisions": 0,
        "fees_wan_yuan": 0,
        "covers": "unclear",
        "disclosed": 4,
    }
    assert list(row.values())[1:14] == [
        row["agency_id"],
        "平罗县教育局",
        "640221",
        "宁夏回族自治区石嘴山市平罗县",
        "county",
        "department",
        "教育",
        2024,
        "2021",
        "complete",
        "平罗县教育局2024年政府信息公开工作年度报告",
        "2025-01-20",
        kept.url,
    ]


def test_corrections_are_of_those_decided(folder: Folder) -> None:
    disputes = {
        "review": ("4", "1", "0", "1", "6"),
        "suit_direct": ("1", "1", "0", "0", "2"),
        "suit_after_review": ("0", "1", "1", "1", "3"),
    }
    values = zeros()
    values["review_litigation"] = {
        proceeding: dict(
            zip(("upheld", "corrected", "other", "pending", "total"), row, strict=True)
        )
        for proceeding, row in disputes.items()
    }
    title = "平罗县教育局2024年政府信息公开工作年度报告"
    folder.fetch(
        "2025-01-21T02:00:00Z", "/a.html", page(title, FORM_2021, values, Style(), Markup())
    )
    folder.build()

    row = summary(folder)
    assert {name: value for name, value in row.items() if name.startswith(("review", "suit"))} == {
        "reviews": 6,
        "reviews_pending": 1,
        "reviews_decided": 5,
        "reviews_corrected": 1,
        "review_correction_rate": 0.2,
        "suits": 5,
        "suits_pending": 1,
        "suits_decided": 4,
        "suits_corrected": 2,
        "suit_correction_rate": 0.5,
    }


def test_blank_is_not_zero(folder: Folder) -> None:
    body = report_page(granted__total="1", total_handled__total="1", refused_third_party__total="—")
    folder.fetch("2025-01-21T02:00:00Z", "/a.html", body)
    folder.build()

    row = summary(folder)
    assert (row["refused"], row["refusal_rate"], row["disclosure_rate"]) == (None, None, 1.0)
    cell = "part = 'requests' AND item = 'refused_third_party' AND field = 'total'"
    assert folder.rows(f"SELECT value, raw FROM cells WHERE {cell}") == [(None, "—")]
    assert folder.rows("SELECT part, item, field, raw, note FROM cell_notes") == [
        ("requests", "refused_third_party", "total", "—", "dash")
    ]


def test_2019_layout_keeps_its_own_table(folder: Folder) -> None:
    body = report_page(year=2020, form=FORM_2019, other__total="2", total_handled__total="2")
    folder.fetch("2021-01-21T02:00:00Z", "/a.html", body)
    folder.build()

    assert folder.rows("SELECT form FROM reports") == [("2019",)]
    assert folder.rows("SELECT count(*) FROM active_disclosure") == [(0,)]
    assert folder.rows("SELECT count(*), sum(licensing_change) FROM active_disclosure_2019") == [
        (1, 0)
    ]
    assert folder.rows("SELECT * FROM requests WHERE item LIKE 'other%' ORDER BY item")[0][1:] == (
        "other",
        0,
        0,
        0,
        0,
        0,
        0,
        2,
    )
    split = "other_overdue_correction"
    assert folder.rows(f"SELECT total FROM requests WHERE item = '{split}'") == [(None,)]
    assert folder.rows(f"SELECT count(*) FROM cells WHERE item = '{split}'") == [(0,)]
    assert folder.rows("SELECT count(*), count(value) FROM cells") == [(22 + 23 * 7 + 15,) * 2]
    assert summary(folder)["other_handling"] == 2


def test_coverage_says_who_is_missing_or_late(folder: Folder) -> None:
    late = report_page("平罗县民政局").replace(b"2025-01-20", b"2025-02-03")
    government = report_page("平罗县人民政府").replace(b"2025-01-20", b"2025-03-20")
    pages = [
        report_page(year=2023).replace(b"2025-01-20", b"2024-01-20"),
        report_page(year=2024),
        report_page("平罗县财政局", 2023).replace(b"2025-01-20", b"2024-01-20"),
        late,
        government,
    ]
    for number, body in enumerate(pages):
        folder.fetch(f"2025-04-01T02:0{number}:00Z", f"/{number}.html", body)
    folder.run(uuid4().hex, "2025-04-01", requests=9)
    folder.build()

    def coverage() -> list[tuple[object, ...]]:
        return folder.rows(
            "SELECT agency, year, status FROM coverage WHERE year >= 2023 AND region_code = '640221'"
            " ORDER BY agency, year"
        )

    assert coverage() == [
        ("平罗县人民政府", 2023, "missing"),
        ("平罗县人民政府", 2024, "found"),
        ("平罗县教育局", 2023, "found"),
        ("平罗县教育局", 2024, "found"),
        ("平罗县民政局", 2024, "late"),
        ("平罗县财政局", 2023, "found"),
        ("平罗县财政局", 2024, "missing"),
    ]
    folder.run(uuid4().hex, "2025-04-02", requests=9, blocked=3)
    for day in (2, 3):
        folder.fetch(f"2025-04-0{day}T02:00:00Z", "/1.html", b"", status=404)
    folder.build()
    assert ("平罗县财政局", 2024, "blocked") in coverage()
    assert ("平罗县教育局", 2024, "removed") in coverage()


def test_before_the_deadline_nobody_is_missing(folder: Folder) -> None:
    folder.fetch("2025-01-10T02:00:00Z", "/1.html", report_page())
    folder.fetch("2025-01-10T02:01:00Z", "/2.html", report_page("平罗县财政局", 2023))
    folder.build()

    assert folder.rows("SELECT status FROM coverage WHERE agency = '平罗县财政局'") == [("late",)]


def test_regions_and_reasons_are_summed(folder: Folder) -> None:
    for number, name in enumerate(("教育局", "民政局")):
        body = report_page(f"平罗县{name}", refused_third_party__total=str(number + 1))
        folder.fetch(f"2025-01-21T02:0{number}:00Z", f"/{number}.html", body)
    folder.build()

    assert folder.rows(
        "SELECT region, year, agencies, reports, complete, refused FROM reports_by_region"
    ) == [("宁夏回族自治区石嘴山市平罗县", 2024, 2, 2, 2, 3)]
    assert folder.rows(
        "SELECT year, family, reason_zh, requests, reports_read, reports_citing"
        " FROM refusal_reasons WHERE requests > 0"
    ) == [(2024, "refused", "4.保护第三方合法权益", 3, 2, 2)]
    assert folder.rows("SELECT count(*) FROM refusal_reasons") == [(19,)]


def test_reasons_of_governments_stand_apart_from_those_of_their_departments(folder: Folder) -> None:
    """A government's report contains its departments' numbers; the cell that is blank is not cited."""
    for number, (name, cited) in enumerate(
        (("平罗县教育局", "2"), ("平罗县民政局", ""), ("平罗县人民政府", "3"))
    ):
        body = report_page(name, refused_third_party__total=cited)
        folder.fetch(f"2025-01-21T02:0{number}:00Z", f"/{number}.html", body)
    folder.build()

    columns = ("requests", "reports_read", "reports_citing")
    asked = ", ".join(
        f"{prefix}{name}" for prefix in ("bodies_", "government_", "") for name in columns
    )
    where = "item = 'refused_third_party'"
    assert folder.rows(f"SELECT {asked} FROM refusal_reasons WHERE {where}") == [
        (2, 1, 1, 3, 1, 1, 5, 2, 2)
    ]
    assert folder.rows(
        f"SELECT agency, series, requests FROM reasons_by_agency WHERE {where} ORDER BY 1"
    ) == [("平罗县人民政府", "government_county", 3), ("平罗县教育局", "bodies", 2)]
    where = "item = 'refused_state_secret'"
    assert folder.rows(
        f"SELECT reports_citing, government_reports_citing FROM refusal_reasons WHERE {where}"
    ) == [(0, 0)]
