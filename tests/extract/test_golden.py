"""Every frozen document is read to the same whole record.

A case is a folder tests/reports/CASE with `source.*` (the frozen bytes), `origin.md` (where they
come from) and `expected.json`. A missing expectation is written and the test fails, so that
somebody reads it; `pytest --accept` writes all of them anew, to be reviewed in the diff.
"""

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from gongkai.extract.model.report import Cell, Finding, Reading
from tests.extract.golden import CASES, read_case

# pytest's own workers have threads; the workers of the archive have none
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


def cases() -> list[Path]:
    return sorted(folder for folder in CASES.iterdir() if folder.is_dir())


def record(reading: Reading) -> dict:
    """A reading as plain JSON; a table row is a list in the form's order, noted cells as text."""
    names = ("outcome", "media_type", "title", "report", "attachments", "why", "column")
    plain = {name: getattr(reading, name) for name in names}
    if reading.report is not None:
        plain["report"] = asdict(replace(reading.report, findings=()))
        if not reading.report.publisher:
            del plain["report"]["publisher"]  # few pages state another body
        plain["report"]["findings"] = [said(finding) for finding in reading.report.findings]
        plain["report"]["tables"] = {
            part: {item: [shown(cell) for cell in row.values()] for item, row in table.items()}
            for part, table in reading.report.tables.items()
        }
    return json.loads(json.dumps(plain, ensure_ascii=False))


def said(finding: Finding) -> dict:
    """A finding with its message in both languages."""
    names = ("rule", "scope", "verdict", "left", "right", "message_zh", "message_en")
    return {name: getattr(finding, name) for name in names}


def shown(cell: Cell) -> int | float | str | None:
    return f"{cell.value}|{cell.raw}|{cell.note}" if cell.note else cell.value


def pretty(found: dict) -> str:
    """JSON for people: a table row stands on one line."""
    text = json.dumps(found, ensure_ascii=False, indent=1)
    return re.sub(r"\[\n\s+([^\[\]{}]*?)\n\s+\]", one_line, text) + "\n"


def one_line(match: re.Match[str]) -> str:
    return "[" + " ".join(line.strip() for line in match[1].split("\n")) + "]"


@pytest.mark.parametrize("folder", cases(), ids=lambda folder: folder.name)
def test_case(folder: Path, request: pytest.FixtureRequest) -> None:
    found = record(read_case(folder))
    expected = folder / "expected.json"
    if request.config.getoption("--accept") or not expected.exists():
        new = not expected.exists()
        expected.write_text(pretty(found), encoding="utf-8")
        assert not new, f"{expected} was written: review it, then run again"
    assert found == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", cases(), ids=lambda folder: folder.name)
def test_case_says_where_it_comes_from(folder: Path) -> None:
    assert len((folder / "origin.md").read_text(encoding="utf-8").strip()) > 40
