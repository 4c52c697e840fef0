"""The frozen PDF cases against the values that were given to their printer."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.catalogue import stored_text
from gongkai.extract.report import read
from tests.extract.formats.printed_pdf import Place, absent, printed, wrong
from tests.paths import REPORTS

CASES = REPORTS
PRINTED = sorted(path.parent for path in CASES.glob("pdf-*/printed.json"))

LEFT_OUT: dict[str, set[Place]] = {
    "pdf-hand-runs-over": {
        ("requests", "granted", "business"),
        ("requests", "granted", "research_institute"),
    },
    "pdf-hand-clipped": {("requests", "refused_third_party", "natural_person")},
    "pdf-hand-raised": {("requests", "rejected_repeat", "other_org")},
    "pdf-hand-overwritten": {("requests", "refused_state_secret", "research_institute")},
    "pdf-hand-unnamed": {("requests", "unavailable_not_held", "legal_service_org")},
}
"""Cells that print no number, in cases made to show such."""

OUTCOMES = {
    "pdf-lo-password": ("unreadable", "需要密码"),
    "pdf-hand-scan": ("scan", "无文字层"),
    "pdf-hand-scan-layer": ("scan", "文字层由机器识别"),
    "pdf-hand-pictures": ("image_tables", "图片"),
    "pdf-hand-unrelated": ("not_report", ""),
}


@pytest.mark.parametrize("folder", PRINTED, ids=lambda folder: folder.name)
def test_what_was_printed_is_read(folder: Path) -> None:
    values = printed(folder)
    report = read((folder / "source.pdf").read_bytes()).report
    assert report is not None
    assert wrong(report, values) == {}
    missing = set(absent(report, values))
    assert missing == LEFT_OUT.get(folder.name, set())
    assert {finding.rule for finding in report.findings} == ({"row_shape"} if missing else set())
    assert report.status == ("partial" if missing else "complete")
    assert [section.number for section in report.sections if section.number] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_is_no_text_says_so(name: str) -> None:
    outcome, why = OUTCOMES[name]
    reading = read((CASES / name / "source.pdf").read_bytes())
    assert (reading.outcome, why in stored_text("zh", reading.why)) == (outcome, True), reading.why


def test_there_are_enough_cases() -> None:
    assert len(PRINTED) + len(OUTCOMES) >= 30
    assert all(path.stat().st_size < 150_000 for path in CASES.glob("pdf-*/source.pdf"))
