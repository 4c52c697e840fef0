"""One clock for the project, and the day of China."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gongkai import clock
from tests.paths import ROOT

OWN_CLOCKS = {
    ("time", "time"), ("time", "localtime"), ("time", "gmtime"), ("datetime", "now"),
    ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
}  # fmt: skip


def test_a_day_is_one_in_china(monkeypatch: pytest.MonkeyPatch) -> None:
    evening = datetime(2025, 1, 21, 17, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: evening)
    assert clock.china_today() == date(2025, 1, 22)
    assert clock.utc_stamp() == "2025-01-21T17:00:00Z"


def test_the_day_of_a_time_depends_on_its_offset() -> None:
    days = {
        "2025-01-21T15:59:59Z": "2025-01-21",
        "2025-01-21T16:00:00Z": "2025-01-22",
        "2025-01-21T17:00:00": "2025-01-22",  # stored times are in UTC
        "2025-01-22T00:30:00+08:00": "2025-01-22",
        "2025-01-21": "2025-01-21",
        "": "",
        "not a time at all": "not a time",
    }
    assert {stamp: clock.china_day(stamp) for stamp in days} == days


def _reads_a_clock(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in OWN_CLOCKS
    ]


def test_nobody_else_reads_the_clock() -> None:
    stages = ("crawler", "extract", "archive", "publish", "gongkai")
    files = [path for stage in stages for path in (ROOT / stage).glob("**/*.py")]
    found = [place for path in files for place in _reads_a_clock(path)]
    assert found == [f"gongkai/clock.py:{_line_of('return datetime.now(UTC)')}"]


def _line_of(text: str) -> int:
    lines = (ROOT / "gongkai/clock.py").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)
