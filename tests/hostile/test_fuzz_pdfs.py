"""Damaged copies of PDF files are read right, refused, or say what they lack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gongkai.extract.model.report import Cell, Reading, Source
from gongkai.extract.report import read
from tests.hostile.fuzz_pdfs import FILES, OUTCOMES, Outcome, compare, fuzz, main, sound_body

COPIES = 4

# pytest's own workers have threads; the workers of the archive have none
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


def test_no_damaged_copy_is_misread_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(COPIES, 3) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["file", *OUTCOMES]
    assert [line[0] for line in lines[1:]] == [*FILES, "all"]
    assert sum(map(int, lines[-1][1:])) == COPIES * len(FILES)
    assert int(lines[-1][1]) > 0
    assert int(lines[-1][2]) > 0


def test_the_same_seed_gives_the_same_copies() -> None:
    first, again = ([next(copies) for _ in range(2)] for copies in (fuzz(2, 5), fuzz(2, 5)))
    assert first == again


@pytest.mark.parametrize("name", ["pdf-chromium-mark", "pdf-chromium-zebra"])
def test_a_stream_whose_dictionary_is_damaged_is_missed(name: str) -> None:
    """PDFium leaves out a letter whose stream it does not find: 万元 became 元."""
    body = sound_body(name)
    sound = read(body)
    starts = [place for place in range(len(body)) if body.startswith(b">> stream", place)]
    assert len(starts) > 100
    for place in starts[5:120:9]:
        found = read(body[:place] + b">?" + body[place + 2 :], Source(second_reading="off"))
        assert "repaired" in found.doubts
        assert compare(name, place, sound, found).outcome != "silent"
    assert "repaired" not in sound.doubts


@pytest.mark.parametrize("damaged", ["number of the object", "entry of the table"])
def test_an_object_that_is_not_found_is_missed(damaged: str) -> None:
    """PDFium leaves out a letter that is not where the table says: 万元 became 元."""
    name = "pdf-chromium-zebra"
    body = sound_body(name)
    sound = read(body)
    for number in (29, *range(5, 120, 9)):
        place = body.index(b"\n%d 0 obj" % number) + 1
        at, by = place + len(str(number)) + 1, b" "
        if damaged == "entry of the table":
            at, by = body.rindex(b"%010d 00000 n" % place) + 9, b"%d" % ((place + 5) % 10)
        found = read(body[:at] + by + body[at + 1 :], Source(second_reading="off"))
        assert "repaired" in found.doubts
        assert compare(name, number, sound, found).outcome != "silent"
    assert "repaired" not in sound.doubts


def other(reading: Reading, value: int | None) -> Reading:
    """The reading with another value in one cell."""
    assert reading.report is not None
    tables = dict(reading.report.tables)
    row = {**tables["requests"]["new"], "total": Cell("5", value, "")}
    tables["requests"] = {**tables["requests"], "new": row}
    return replace(reading, report=replace(reading.report, tables=tables))


@pytest.mark.parametrize("value", [98765, None], ids=["another number", "no number"])
@pytest.mark.parametrize(("status", "outcome"), [("complete", "silent"), ("partial", "flagged")])
def test_a_change_is_silent_unless_the_report_says_so(
    value: int | None, status: str, outcome: Outcome
) -> None:
    sound = read(sound_body("pdf-lo-plain"))
    changed = other(sound, value)
    assert changed.report is not None
    changed = replace(changed, report=replace(changed.report, status=status))
    copy = compare("x", 0, sound, changed)
    assert (copy.outcome, copy.changed) == (outcome, (("requests", "new", "total"),))
    assert compare("x", 0, sound, sound).outcome == "same"
    assert compare("x", 0, sound, None).outcome == "refused"
