"""The frozen Word, Excel, ZIP and text cases hold what they were made to hold."""

from __future__ import annotations

import pytest

from gongkai.catalogue import stored_text
from tests.extract.golden import CASES as FOLDER
from tests.extract.golden import read_case
from tests.extract.printed_forms import flat, numbers
from tests.printing.office_cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_read_is_what_was_printed(case: Case) -> None:
    found = read_case(FOLDER / case.name)
    assert found.outcome == case.outcome, found.why
    assert case.why in stored_text("en", found.why)
    if found.report is None:
        assert not case.values
        return
    read = numbers(found.report)
    printed = flat(case.values)
    assert {place: value for place, value in read.items() if value != "None"} == {
        place: number(value) for place, value in printed.items() if place not in case.unread
    }
    assert found.report.status == case.status
    assert tuple(sorted({f.rule for f in found.report.findings} - {"active_disclosure_cells"})) == case.rules  # fmt: skip
    agency = found.report.agency
    assert (agency.name if agency else "", found.report.year) == (
        "清河县教育局",
        2024 if "active_disclosure" in case.values else 2020,
    )


def number(text: str) -> str:
    """A printed number as the archive shows it: 96.50 is 96.5."""
    return str(float(text)) if "." in text else text
