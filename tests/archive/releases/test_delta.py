"""What a release says has changed: each kind of change by its reason, and cell by cell."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.archive.progress import silent
from gongkai.archive.releases.comparison import PARTS
from gongkai.archive.releases.delta_files import write_delta
from tests.archive.folder import Folder, report_page
from tests.archive.publication.publishing import opened
from tests.archive.releases.conftest import Made
from tests.archive.releases.growing_archive import AGENCIES, NEW, report_of

REPORT_LINES = "reports.ndjson.gz"
Cells = dict[tuple[str, str, str, str], tuple[object, object]]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


@pytest.fixture
def delta(made: Made) -> Path:
    return made.releases / "2025.2" / "delta"


def test_each_report_has_its_reason(made: Made, delta: Path) -> None:
    first, second = made.archives
    found = {line["report_id"]: line for line in lines(delta / "reports.ndjson.gz")}
    ids = {key: report_of(second, name) for key, name in AGENCIES.items() if key != "dropped"}
    dropped, added = report_of(first, AGENCIES["dropped"]), report_of(second, NEW)
    told = {key: (line["change"], line["reasons"]) for key, line in found.items()}
    assert told == {
        added: ("added", ["new"]),
        ids["edited"]: ("changed", ["edited"]),
        ids["dated"]: ("changed", ["attribution"]),
        ids["down"]: ("changed", ["taken_down"]),
        ids["reread"]: ("changed", ["extraction"]),
        dropped: ("removed", ["extraction"]),
    }
    assert found[ids["dated"]]["former_id"] == ids["dated"].replace("2024", "2023")
    assert found[ids["dated"]]["fields"] == {"year": [2023, 2024]}
    assert found[ids["down"]]["fields"] == {"status": ["complete", "removed"]}
    assert list(found[ids["reread"]]["fields"]) == ["title"]


def test_edited_and_reread_cells_are_told_apart(made: Made, delta: Path) -> None:
    second = made.archives[1]
    found = [line for line in lines(delta / "cells.ndjson.gz") if line["change"] == "changed"]
    assert [
        (line["report_id"], line["item"], line["field"], line["before"]["value"],
         line["after"]["value"], line["reason"])
        for line in found
    ] == [
        (report_of(second, AGENCIES["edited"]), "new", "business", 0, 3, "edited"),
        (report_of(second, AGENCIES["edited"]), "new", "total", 0, 3, "edited"),
        (report_of(second, AGENCIES["reread"]), "new", "total", 8, 0, "extraction"),
    ]  # fmt: skip


def test_the_delta_leads_from_one_release_to_the_other(made: Made, delta: Path) -> None:
    old, new = (cells_of(public / "current" / "archive.db") for public in made.publics)
    assert apply(old, delta) == new


def apply(old: Cells, delta: Path) -> Cells:
    """Return the cells of a release from those of the one before."""
    moved = {
        line["former_id"]: line["report_id"]
        for line in lines(delta / REPORT_LINES)
        if line["former_id"]
    }
    applied = {(moved.get(report, report), *key): cell for (report, *key), cell in old.items()}
    for line in lines(delta / "cells.ndjson.gz"):
        key = (line["report_id"], line["part"], line["item"], line["field"])
        was = tuple(line["before"].values()) if line["before"] else None
        assert applied.pop(key, None) == was
        if line["after"]:
            applied[key] = tuple(line["after"].values())
    return applied


def cells_of(file: Path) -> Cells:
    with opened(file) as conn:
        rows = conn.execute("SELECT report_id, part, item, field, value, raw FROM cells")
        return {tuple(row[:4]): tuple(row[4:]) for row in rows}


REPORTS = range(6)
CHANGED = st.one_of(
    st.tuples(st.just("cell"), st.sampled_from(REPORTS), st.sampled_from((None, 0, 7, 12))),
    st.tuples(st.just("note"), st.sampled_from(REPORTS), st.sampled_from(("—", "／", "0"))),
    st.tuples(st.just("text"), st.sampled_from(REPORTS), st.sampled_from(("无。", "一"))),
    st.tuples(st.just("title"), st.sampled_from(REPORTS), st.sampled_from(("甲", "乙"))),
    st.tuples(st.just("drop"), st.sampled_from(REPORTS), st.none()),
)
STATEMENTS = {
    "cell": "UPDATE requests SET total = :value WHERE report_id = :id AND item = 'new'",
    "note": "INSERT OR REPLACE INTO cell_notes (report_id, part, item, field, raw, note)"
    " VALUES (:id, 'requests', 'new', 'total', :value, 'odd')",
    "text": "UPDATE sections SET text = :value WHERE report_id = :id AND number = 6",
    "title": "UPDATE reports SET title = :value WHERE id = :id",
}


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=st.lists(CHANGED, max_size=6), after=st.lists(CHANGED, max_size=6))
def test_whatever_changed_the_delta_leads_from_one_to_the_other(
    made: Made,
    tmp_path_factory: pytest.TempPathFactory,
    before: list[tuple[str, int, Any]],
    after: list[tuple[str, int, Any]],
) -> None:
    """And it names the reports that differ, and no others."""
    folder = tmp_path_factory.mktemp("changed")
    files = [folder / "old.db", folder / "new.db"]
    for file, steps in zip(files, (before, after), strict=True):
        shutil.copy(made.publics[1] / "current" / "archive.db", file)
        change(file, steps)
    write_delta(*files, folder / "delta", silent)
    old, new = (read_reports(file) for file in files)
    differing = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    assert {line["report_id"] for line in lines(folder / "delta" / REPORT_LINES)} == differing
    applied = apply(cells_of(files[0]), folder / "delta")
    assert applied == cells_of(files[1])


def change(file: Path, steps: list[tuple[str, int, Any]]) -> None:
    with closing(sqlite3.connect(file)) as conn, conn:
        ids = [key for (key,) in conn.execute("SELECT id FROM reports ORDER BY id")]
        for kind, number, value in steps:
            report = ids[number]
            if kind == "drop":
                for table in (*PARTS, "cell_notes", "sections"):
                    conn.execute(f"DELETE FROM {table} WHERE report_id = ?", [report])
                conn.execute("DELETE FROM reports WHERE id = ?", [report])
            elif conn.execute("SELECT 1 FROM reports WHERE id = ?", [report]).fetchone():
                conn.execute(STATEMENTS[kind], {"id": report, "value": value})


def read_reports(file: Path) -> dict[str, object]:
    """Return what is compared of each report, read in another way."""
    cells: dict[str, list[object]] = {}
    for (report, *key), cell in cells_of(file).items():
        cells.setdefault(report, []).append((key, cell))
    with opened(file) as conn:
        texts = conn.execute("SELECT report_id, number, heading, text FROM sections").fetchall()
        return {
            report: (title, sorted(cells[report], key=str), [t for t in texts if t[0] == report])
            for report, title in conn.execute("SELECT id, title FROM reports")
        }


def test_forwarded_ids_are_listed(made: Made, delta: Path) -> None:
    new = report_of(made.archives[1], AGENCIES["dated"])
    assert lines(delta / "forwards.ndjson.gz") == [
        {
            "old_id": new.replace("2024", "2023"),
            "new_id": new,
            "since": "2025-06-10T03:00:00Z",
            "why": "year",
        }
    ]


def test_an_agency_that_puts_an_earlier_version_back_has_edited(tmp_path: Path) -> None:
    """The older release knows the document; that it stands again is no better reading of it."""
    versions = [("2025-01-31", "1"), ("2025-02-28", "3"), ("2025-06-10", "1")]
    files = []
    with Folder(tmp_path) as folder:
        for day, number in versions:
            page = report_page("平罗县教育局", new__total=number, new__business=number)
            folder.fetch(f"{day}T02:00:00Z", "/edited.html", page)
            folder.build()
            files.append(Path(shutil.copy(folder.db, tmp_path / f"{day}.db")))
    counts = write_delta(files[1], files[2], tmp_path / "delta", silent)
    assert counts.data()["reports"] == {"changed": {"edited": 1}}
    (report,) = lines(tmp_path / "delta" / "reports.ndjson.gz")
    assert report["reasons"] == ["edited"]
    cells = lines(tmp_path / "delta" / "cells.ndjson.gz")
    assert {(cell["field"], cell["reason"]) for cell in cells} == {
        ("business", "edited"),
        ("total", "edited"),
    }


def test_the_same_data_have_no_differences(made: Made, tmp_path: Path) -> None:
    file = made.publics[1] / "current" / "archive.db"
    counts = write_delta(file, file, tmp_path / "delta", silent)
    assert counts.data() == {"reports": {}, "cells": {}, "changed_reports": 0, "forwarded_ids": 0}
    assert lines(tmp_path / "delta" / "reports.ndjson.gz") == []


def test_a_release_of_an_earlier_schema_can_be_compared(made: Made, tmp_path: Path) -> None:
    """Columns and tables that came later are no change of a report."""
    old = tmp_path / "old.db"
    old.write_bytes((made.publics[1] / "current" / "archive.db").read_bytes())
    conn = sqlite3.connect(old)
    conn.execute("ALTER TABLE reports DROP COLUMN covers")
    conn.execute("DROP TABLE forwards")
    conn.commit()
    conn.close()
    new = made.publics[1] / "current" / "archive.db"
    counts = write_delta(old, new, tmp_path / "delta", silent)
    assert (counts.changed_reports, counts.forwards) == (0, 1)


def test_numbers_by_reason_stand_in_manifest_and_words(made: Made) -> None:
    release = made.releases / "2025.2"
    changes = json.loads((release / "release.json").read_text(encoding="utf-8"))["changes"]
    assert changes["reports"]["changed"] == {
        "edited": 1,
        "taken_down": 1,
        "extraction": 1,
        "attribution": 1,
    }
    assert (changes["changed_reports"], changes["forwarded_ids"]) == (6, 1)
    english = (release / "CHANGES.md").read_text(encoding="utf-8")
    chinese = (release / "CHANGES.zh.md").read_text(encoding="utf-8")
    assert "| the agency edited the report | 0 | 1 | 0 |" in english
    assert "| 机关修改了报告 | 0 | 1 | 0 |" in chinese
    assert "1 id is forwarded" in english
    assert "没有可比较" in (made.releases / "2025.1" / "CHANGES.zh.md").read_text(encoding="utf-8")
