"""A small archive, of which any share may change."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.archive.renewal import renewed_file
from gongkai.archive.store.database import transaction, writer
from tests.publish.samples import samples
from tests.publish.small_archive import compute_duties, fill
from tests.publish.years import more_samples

FEW_REGIONS = """
DELETE FROM regions WHERE code NOT IN (
  WITH RECURSIVE above(code) AS (
    SELECT region_code FROM agencies UNION SELECT '640100' UNION SELECT region_code FROM sites
    UNION SELECT g.parent_code FROM regions g JOIN above a ON a.code = g.code)
  SELECT code FROM above WHERE code IS NOT NULL)
"""
"""The names of all others would take most of the time."""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "archive.db"
    with writer(path) as conn, transaction(conn):
        fill(conn, (*samples(), *more_samples()))
        conn.execute(FEW_REGIONS)
    compute_duties(path)
    return path


@pytest.fixture
def db(made: Path, tmp_path: Path) -> Path:
    path = tmp_path / "archive.db"
    path.write_bytes(made.read_bytes())
    return path


@pytest.fixture(autouse=True)
def any_number_of_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive is so small that one report is more than a tenth."""
    monkeypatch.setattr(renewed_file, "MOST_TOUCHED", 100)
