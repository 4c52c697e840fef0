"""The calendar by which reports are due, as commands are told of it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.commands.shared.due_day import due_day
from gongkai.crawler.setting_error import SettingError
from tests.archive.folder import Command


def last_years(archive: Path) -> tuple[int, int]:
    """Return the last year that is due of departments and of governments."""
    sql = "SELECT max(year) FROM coverage a JOIN agencies b ON b.id = a.agency_id WHERE kind = ?"
    with closing(sqlite3.connect(archive)) as conn:
        department, government = (
            conn.execute(sql, [kind]).fetchone()[0] for kind in ("department", "government")
        )
    return department, government


def test_a_build_takes_reports_as_due_by_the_day_that_it_is_given(
    run: Command, archive: Path
) -> None:
    assert run("build", "-s", "GONGKAI_TODAY=2031-02-01").exit_code == 0
    assert last_years(archive) == (2030, 2029)
    assert run("build", "-s", "GONGKAI_TODAY=2031-04-01").exit_code == 0
    assert last_years(archive) == (2030, 2030)


def test_without_a_setting_it_is_today() -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", due_day({}))
    assert due_day({"GONGKAI_TODAY": "2027-04-01"}) == "2027-04-01"


def test_what_is_no_date_is_refused(run: Command, archive: Path) -> None:
    with pytest.raises(SettingError):
        due_day({"GONGKAI_TODAY": "tomorrow"})
    result = run("build", "-s", "GONGKAI_TODAY=tomorrow")
    assert result.exit_code == 2
    assert "Traceback" not in result.output
