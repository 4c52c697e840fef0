"""The replica's content says what the seeds say, in every form it is served in."""

from __future__ import annotations

import json
import re
import unicodedata

import pdfplumber
import pytest

from gongkai.replica.content import reports
from gongkai.replica.markup import report_body
from gongkai.replica.plain import report_text
from tests.paths import REPORTS, ROOT
from tests.replica.expected import FILE, written

KEYS = ("pingluo-gxj-2024", "weibin-gxj-2024", "yongning-gkj-2024", "zhongwei-gxj-2023")
PARTS = ("active_disclosure", "requests", "review_litigation")


def squash(text: str) -> str:
    """Nothing but the characters: no blanks, no Markdown, one width of brackets."""
    text = re.sub(r"\[([^\]]+)\]\(mailto:[^)]*\)", r"\1", text)
    text = re.sub(r"<(http[^>]*)>", r"\1", text)
    return re.sub(r"[\s#*]", "", unicodedata.normalize("NFKC", text))


def values(key: str) -> list[str]:
    """The 200 cells of a report as printed, in the order of the form."""
    tables = reports()[key].tables
    return [cell for part in PARTS for row in tables[part].values() for cell in row]


def test_there_are_the_four_reports() -> None:
    assert tuple(reports()) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_content_is_the_seed_word_for_word(key: str) -> None:
    seed = (REPORTS / f"{key}-text" / "source.txt").read_text(encoding="utf-8")
    for damaged, whole in reports()[key].healed:
        assert damaged in "".join(seed.split())
        seed = "".join(seed.split()).replace(damaged, whole)
    cuts = key == "yongning-gkj-2024"
    assert squash(report_text(reports()[key], cuts)) == squash(seed)


@pytest.mark.parametrize("key", KEYS)
def test_a_report_has_two_hundred_cells(key: str) -> None:
    assert [len(values(key)), *(len(reports()[key].tables[part]) for part in PARTS)] == [
        200,
        6,
        25,
        3,
    ]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("style", ["word", "editor", "editor-cut", "older", "print"])
def test_markup_prints_the_values_in_order(key: str, style: str) -> None:
    cells = re.findall(
        r"<td.*?>(.*?)(?=<td|</tr|<tr|</table)", report_body(reports()[key], style), re.S | re.I
    )
    texts = [re.sub(r"<[^>]+>|\s|&nbsp;", "", cell) for cell in cells]
    assert [text for text in texts if text.isdecimal()] == values(key)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("key", KEYS)
def test_pdf_prints_the_values_in_order(key: str) -> None:
    found: list[str] = []
    path = ROOT / "replica" / "files" / f"{key}.pdf"
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            for table in page.extract_tables():
                found += [cell for row in table for cell in row if cell and cell.isdecimal()]
    assert found == values(key)
    assert path.stat().st_size < 300_000


def test_expected_json_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == written()


def test_expected_json_holds_what_the_seeds_show_to_the_eye() -> None:
    """The few figures that are not zero, typed from the seeds by hand."""
    known = json.loads(FILE.read_text(encoding="utf-8"))
    filled = {
        (key, part, item, field): number
        for key, report in known.items()
        for part, items in report["tables"].items()
        for item, fields in items.items()
        for field, number in fields.items()
        if number != 0
    }
    pingluo, zhongwei = "pingluo-gxj-2024", "zhongwei-gxj-2023"
    rows = {
        (pingluo, "requests", "new"),
        (pingluo, "requests", "granted"),
        (pingluo, "requests", "total_handled"),
        (zhongwei, "requests", "new"),
        (zhongwei, "requests", "refused_third_party"),
        (zhongwei, "requests", "total_handled"),
    }
    assert filled == {
        (zhongwei, "active_disclosure", "", "licensing_decisions"): 13,
        **{(*row, field): 1 for row in rows for field in ("natural_person", "total")},
    }
