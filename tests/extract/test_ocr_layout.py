"""Recognised pages are read like any other, marked as such, and doubtful values are left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from gongkai.extract.forms import FORM_2021, Form
from gongkai.extract.layout.page import UNREADABLE
from gongkai.extract.model.report import Report, Source
from gongkai.extract.ocr_layout import (
    RecognizedPage,
    RecognizedWord,
    read_recognized_pages,
)
from tests.accuracy import SCANS
from tests.extract.golden import CASES as FOLDER
from tests.extract.golden import read_case
from tests.extract.ocr_sheets import SHEETS, VALUES
from tests.extract.printed_forms import FORMS, SEEDS, TITLE, balanced, flat, numbers
from tests.printing.matrix import Style
from tests.printing.report import distinct
from tests.printing.scans import misread, report

R = "requests"


def read(sheets: list[RecognizedPage]) -> Report:
    found = read_recognized_pages(sheets, Source(), "application/pdf").report
    assert found is not None
    return found


def lost(found: Report) -> set[tuple[str, str, str]]:
    """Places without a value; every value that is there is the printed one."""
    read_back = numbers(found)
    printed = {place: str(float(v)) if "." in v else v for place, v in flat(VALUES).items()}
    assert {p: v for p, v in read_back.items() if v != "None"}.items() <= printed.items()
    return {place for place in printed if read_back.get(place, "None") == "None"}


@given(form=FORMS, seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_every_cell_in_its_place_and_marked(form: Form, seed: int) -> None:
    values = balanced(form, seed)
    found = read(report(TITLE[form.id], form, values, Style()))
    assert numbers(found) == flat(values)
    assert {c.note for t in found.tables.values() for row in t.values() for c in row.values()} == {
        "ocr"
    }
    assert (found.status, found.findings) == ("complete", ())
    assert [section.number for section in found.sections] == [1, 2, 3, 4, 5, 6]


def test_a_misread_number_is_left_out_alone() -> None:
    text = VALUES[R]["granted"]["business"]
    found = read(misread(SHEETS, text, str(int(text) + 5)))
    assert lost(found) == {(R, "granted", "business")}
    cell = found.tables[R]["granted"]["business"]
    assert (cell.value, cell.raw, cell.note) == (None, str(int(text) + 5), "ocr")
    assert found.status == "partial"
    assert found.findings
    assert {finding.verdict for finding in found.findings} == {"extraction"}


def test_a_broken_row_that_nothing_explains_is_left_out_whole() -> None:
    row = VALUES[R]["granted"]
    swapped = misread(misread(SHEETS, row["business"], "x1"), row["other_org"], row["business"])
    found = read(misread(swapped, "x1", row["other_org"]))  # two cells of a row changed places
    outcomes = VALUES[R].keys() - {"new", "carried_in", "carried_out"}
    assert lost(found) == {(R, item, key) for item in outcomes for key in ("business", "other_org")}
    shifted = misread(SHEETS, VALUES["review_litigation"]["review"]["upheld"], "77")
    assert lost(read(shifted)) == {("review_litigation", "review", key) for key in VALUES["review_litigation"]["review"]}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "score", "note"),
    [(UNREADABLE, 0.0, "unreadable"), ("12", 0.4, "unreadable"), ("1O", 0.98, "unreadable"), ("—", 0.9, "dash"), ("", 0, "blank")],
)  # fmt: skip
def test_ink_is_not_blank_and_no_ink_is(text: str, score: float, note: str) -> None:
    sheets = misread(SHEETS, VALUES[R]["granted"]["business"], text, score)
    found = read(sheets)
    cell = found.tables[R]["granted"]["business"]
    assert (cell.value, cell.note) == (None, note)
    assert found.findings


def test_a_word_over_a_line_of_the_table_belongs_to_no_cell() -> None:
    row = VALUES[R]["new"]
    texts = row["business"], row["research_institute"]
    sheets = []
    for sheet in SHEETS:
        words = {word.text: word for word in sheet.words}
        if texts[0] in words:
            left, right = words[texts[0]], words[texts[1]]
            joined = replace(left, text="".join(texts), x1=right.x1)
            kept = [word for word in sheet.words if word not in (left, right)]
            sheet = replace(sheet, words=(*kept, joined))
        sheets.append(sheet)
    assert {(R, "new", "business"), (R, "new", "research_institute")} <= lost(read(sheets))


def test_strokes_of_large_characters_are_no_lines() -> None:
    first = SHEETS[0]
    title = first.words[0]
    across = type(SHEETS[1].vertical[0])(title.x0 + 80, title.y0, title.y1)
    found = read([replace(first, vertical=(across,)), *SHEETS[1:]])
    assert found.title == TITLE["2021"]


def test_other_scans_are_no_reports() -> None:
    page = RecognizedPage(
        1600, 2300, 200, (RecognizedWord("关于召开会议的通知", 100, 100, 600, 140, 0.99),)
    )
    assert read_recognized_pages([page], Source(), "application/pdf").outcome == "not_report"
    assert read_recognized_pages([], Source(), "image/png").outcome == "unreadable"


@pytest.mark.parametrize(("case", "seed"), SCANS.items())
def test_real_recognition_is_right_or_absent(case: str, seed: int) -> None:
    """The frozen words of real scans: a speck or a number over two lines costs a cell or a row, aloud."""
    found = read_case(FOLDER / case).report
    assert found is not None
    printed = {
        p: str(float(v)) if "." in v else v for p, v in flat(distinct(FORM_2021, seed)).items()
    }
    seen = {place: value for place, value in numbers(found).items() if value != "None"}
    assert seen.items() <= printed.items()
    assert len(seen) >= 190
    is_whole = len(seen) == len(printed)
    assert bool(found.findings) is not is_whole
    assert found.status == ("complete" if is_whole else "partial")
