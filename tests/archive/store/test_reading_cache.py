"""A kept reading is the reading that was kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.store.reading_cache import decode, encode, fingerprint, rank
from gongkai.extract.model.report import Agency, Cell, Finding, Reading, Report, Section
from gongkai.messages import Message, message

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
CELLS = st.builds(
    Cell,
    TEXT,
    st.none() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "blank", "dash", "odd", "unreadable", "ocr"]),
)
MESSAGES = st.builds(
    Message,
    st.sampled_from(["form_unfilled", "zip_member"]),
    st.dictionaries(
        TEXT, TEXT | st.integers() | st.tuples(st.just(Message("list_page"))), max_size=3
    ),
)
TABLES = st.dictionaries(TEXT, st.dictionaries(TEXT, CELLS, max_size=3), max_size=3)
REPORTS = st.builds(
    Report,
    title=TEXT,
    year=st.none() | st.integers(1990, 2100),
    form=st.sampled_from(["2021", "2019", "legacy"]),
    published_on=TEXT,
    agency=st.none() | st.builds(Agency, TEXT, TEXT, TEXT, TEXT, TEXT),
    status=st.sampled_from(["complete", "partial", "text_only", "unreadable"]),
    sections=st.lists(st.builds(Section, st.integers(0, 6), TEXT, TEXT), max_size=3).map(tuple),
    tables=st.dictionaries(TEXT, TABLES, max_size=3),
    findings=st.lists(
        st.builds(Finding, TEXT, TEXT, st.just("source"), TEXT, TEXT, MESSAGES), max_size=2
    ).map(tuple),
)
READINGS = st.builds(
    Reading,
    outcome=st.sampled_from(["report", "list", "blocked", "scan"]),
    media_type=TEXT,
    title=TEXT,
    report=st.none() | REPORTS,
    attachments=st.lists(TEXT, max_size=3).map(tuple),
    reason=st.none() | MESSAGES,
)


@given(READINGS)
def test_round_trip(reading: Reading) -> None:
    assert decode(encode(reading)) == reading


def test_half_a_character_does_not_stop_a_build() -> None:
    kept = decode(encode(Reading("not_report", "text/html", "半个\ud83d字")))

    assert kept.title == "半个?字"


BROKEN = Finding(
    "requests_balance", "total", "source", "1", "2", message("identity_requests_balance")
)
WORDY = Finding("placeholder", "1", "source", "", "", message("placeholder_left"))
PLAIN = Report("t", 2024, "2021", "", None, "complete")


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (PLAIN, 0),
        (replace(PLAIN, findings=(WORDY,)), 0),
        (replace(PLAIN, findings=(BROKEN,)), 1),
        (replace(PLAIN, status="partial"), 2),
        (replace(PLAIN, status="text_only"), 3),
        (replace(PLAIN, status="unreadable"), 4),
    ],
)
def test_rank(report: Report, expected: int) -> None:
    """Better readings come first; of equals the one in the column of annual reports."""
    assert (rank(report, "首页 > 政府信息公开年报"), rank(report)) == (
        2 * expected,
        2 * expected + 1,
    )


def test_fingerprint_is_of_what_is_said() -> None:
    said = replace(
        PLAIN,
        sections=(Section(1, "一、总体情况", "本年 公开\n三件。"),),
        tables={"requests": {"new": {"total": Cell("3", 3)}}},
    )
    same = replace(
        said,
        title="another",
        published_on="2025-01-20",
        sections=(Section(1, "一、 总体情况", "本年公开三件。"),),
        tables={"requests": {"new": {"total": Cell(" 3 ", 3)}}},
        findings=(WORDY,),
    )
    other = replace(said, tables={"requests": {"new": {"total": Cell("", None, "blank")}}})

    assert fingerprint(said) == fingerprint(same)
    assert len({fingerprint(r) for r in (said, other, PLAIN)}) == 3
