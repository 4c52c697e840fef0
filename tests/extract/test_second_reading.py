"""Two readers of a PDF: where they disagree a cell is left out, never changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.report import Cell, Reading, Report, Source
from gongkai.extract.report import read, read_again
from gongkai.extract.second_reading import compare_readings, wants_second_reading
from tests.archive.reading import read_sandboxed
from tests.extract.printed_forms import TITLE
from tests.paths import REPORTS
from tests.printing.pdf_layout import Press, Sheet
from tests.printing.report import Printed, Values, distinct

ALL, OFF = Source(second_reading="all"), Source(second_reading="off")
VALUES = distinct(FORM_2021)


def printed(values: Values) -> bytes:
    return Press(Sheet()).print(Printed(TITLE["2021"], FORM_2021, values))


def changed(part: str, item: str, key: str, text: str) -> bytes:
    """The same report with another figure in one cell."""
    row = {**VALUES[part][item], key: text}
    return printed({**VALUES, part: {**VALUES[part], item: row}})


PDFS = sorted(path.parent.name for path in REPORTS.glob("pdf-*/printed.json"))


@pytest.mark.parametrize("name", PDFS)
def test_both_readers_agree_on_every_frozen_report(name: str) -> None:
    body = (REPORTS / name / "source.pdf").read_bytes()
    assert read(body, ALL) == read(body, OFF)
    again = read_again(body, OFF).report
    report = read(body, OFF).report
    assert report is not None
    assert again is not None
    assert again.tables == report.tables


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (("requests", "granted", "natural_person"), "9871"),
        (("review_litigation", "review", "upheld"), ""),
        (("active_disclosure", "", "licensing_decisions"), "-"),
    ],
    ids=["another number", "nothing", "a dash"],
)
def test_a_disagreement_leaves_the_cell_out(cell: tuple[str, str, str], text: str) -> None:
    part, item, key = cell
    first, second = read(printed(VALUES), OFF), read(changed(part, item, key, text), OFF)
    report = compare_readings(first, second).report
    assert report is not None
    assert first.report is not None
    left_out = report.tables[part][item][key]
    assert (left_out.value, left_out.note) == (None, "unreadable")
    assert left_out.raw == VALUES[part][item][key]
    others = {
        where: cell.value
        for where, cell in cells(replace(first, report=report)).items()
        if where != (part, item, key)
    }
    assert others == {
        where: cell.value for where, cell in cells(first).items() if where != (part, item, key)
    }
    found = [finding for finding in report.findings if finding.rule == "readings_disagree"]
    assert [(f.scope, f.left, f.right) for f in found] == [
        (item or key, VALUES[part][item][key], text)
    ]
    assert report.status == "partial"


def cells(reading: Reading) -> dict:
    assert reading.report is not None
    return {
        (part, item, key): cell
        for part, table in reading.report.tables.items()
        for item, row in table.items()
        for key, cell in row.items()
    }


def test_what_the_second_reader_cannot_read_says_nothing() -> None:
    first = read(printed(VALUES), OFF)
    locked = (REPORTS / "pdf-lo-password" / "source.pdf").read_bytes()
    assert compare_readings(first, read_again(locked, OFF)) == first


def test_a_broken_identity_and_a_doubt_ask_for_a_second_reading() -> None:
    body = printed(VALUES)
    sound = replace(read(body, OFF), doubts=())
    assert sound.report is not None
    quiet = replace(sound, report=replace(sound.report, findings=()))
    unsampled = next(bytes((n,)) for n in range(100) if not _sampled(quiet, bytes((n,))))
    assert not wants_second_reading(quiet, unsampled, "doubted")
    assert wants_second_reading(quiet, unsampled, "all")
    assert wants_second_reading(replace(quiet, doubts=("repaired",)), unsampled, "doubted")
    assert not wants_second_reading(replace(quiet, doubts=("repaired",)), unsampled, "off")
    broken = read(changed("requests", "new", "total", "5"), OFF)
    assert wants_second_reading(replace(broken, doubts=()), unsampled, "doubted")


IN_YUAN = ("active_disclosure", "", "fees_wan_yuan")


def test_an_amount_in_another_unit_needs_two_readers() -> None:
    first = read(changed(*IN_YUAN, "251000元"), OFF)
    quiet = replace(first, doubts=(), report=replace(_report(first), findings=()))
    unsampled = next(b"%d" % n for n in range(100) if not _sampled(other_unit(quiet), b"%d" % n))
    assert wants_second_reading(quiet, unsampled, "doubted")
    assert compare_readings(first, first) == first
    locked = (REPORTS / "pdf-lo-password" / "source.pdf").read_bytes()
    for second in (read_again(locked, OFF), read(changed(*IN_YUAN, "251000"), OFF)):
        compared = _report(compare_readings(first, second))
        cell = compared.tables["active_disclosure"][""]["fees_wan_yuan"]
        assert (cell.raw, cell.value, cell.note) == ("251000元", None, "unreadable")
        assert [f.scope for f in compared.findings if f.rule == "readings_disagree"] == [
            "fees_wan_yuan"
        ]


@pytest.mark.parametrize("text", ["0元", "25.1万元", "25.1", "25.1万元（其中复制费3元）"])
def test_an_amount_in_the_unit_of_the_form_needs_one_reader(text: str) -> None:
    reading = read(changed(*IN_YUAN, text), OFF)
    quiet = replace(reading, doubts=(), report=replace(_report(reading), findings=()))
    assert [_sampled(quiet, b"%d" % n) for n in range(40)].count(True) < 10


def test_both_readers_of_a_page_agree_on_yuan() -> None:
    body = (REPORTS / "html-fees-in-yuan" / "source.html").read_bytes()
    assert read(body) == read(body, OFF)
    assert _report(read(body)).tables["active_disclosure"][""]["fees_wan_yuan"].value == 6.01


def other_unit(reading: Reading) -> Reading:
    """The same reading with the amount in the unit of the form."""
    table = _report(reading).tables["active_disclosure"][""]
    tables = {
        **_report(reading).tables,
        "active_disclosure": {"": {**table, "fees_wan_yuan": Cell("25.1", 25.1, "")}},
    }
    return replace(reading, report=replace(_report(reading), tables=tables))


def _report(reading: Reading) -> Report:
    assert reading.report is not None
    return reading.report


def _sampled(reading: Reading, body: bytes) -> bool:
    return wants_second_reading(reading, body, "doubted")


def test_one_file_in_twenty_is_read_twice_without_a_reason() -> None:
    first = read(printed(VALUES), OFF)
    assert first.report is not None
    quiet = replace(first, doubts=(), report=replace(first.report, findings=()))
    sampled = sum(_sampled(quiet, b"%d" % n) for n in range(2000))
    assert 70 <= sampled <= 130


def test_the_sandbox_compares_too() -> None:
    body = printed(VALUES)
    assert read_sandboxed(body, ALL) == read(body, OFF)
