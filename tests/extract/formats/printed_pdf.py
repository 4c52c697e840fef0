"""PDF files of printed forms: how they are written, and what of their cells was read."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

from gongkai.extract.model.report import Report
from tests.printing.matrix import Style
from tests.printing.pdf_layout import Sheet

RULED = ("lines", "thin", "boxes", "dots", "fills")

SHEETS = st.builds(
    Sheet,
    rules=st.sampled_from((*RULED, "rows", "none")),
    color=st.sampled_from(["0 0 0", "0.2 0.5 0.8", "0.7 0.7 0.7"]),
    size=st.sampled_from([7.5, 9.0, 10.5, 12.0]),
    pad=st.sampled_from([1.0, 2.0, 4.0]),
    leading=st.sampled_from([1.15, 1.3, 1.6]),
    height=st.integers(330, 900).map(float),
    tear=st.sampled_from(["", "upper", "lower"]),
    close=st.booleans(),
    again=st.booleans(),
    valign=st.sampled_from(["middle", "top"]),
    turned=st.sampled_from([0, 90, 180, 270]),
    head=st.sampled_from(["", "平罗县教育局2024年政府信息公开工作年度报告"]),
    mark=st.sampled_from(["", "pale", "repeated", "declared", "aslant"]),
    twice=st.booleans(),
    split=st.sampled_from(["", "digits", "runs"]),
    frame=st.booleans(),
)

STYLES = st.builds(
    Style,
    numbering=st.sampled_from(["1.", "1、", "（1）"]),
    padding=st.sampled_from(["span", "blank"]),
    groups=st.sampled_from(["beside", "own_row"]),
    active=st.sampled_from(["four", "one"]),
)

ENCODINGS = st.sampled_from(["identity", "ucs2", "gbk"])


def wrong(
    report: Report, values: dict[tuple[str, str, str], str]
) -> dict[tuple[str, str, str], str]:
    """Numbers that were read and not printed."""
    return {
        (part, item, key): f"{cell.value}, printed {values.get((part, item, key))}"
        for part, table in report.tables.items()
        for item, row in table.items()
        for key, cell in row.items()
        if cell.value is not None
        and float(cell.value) != float(values.get((part, item, key), "nan"))
    }


def absent(report: Report, values: dict[tuple[str, str, str], str]) -> list[tuple[str, str, str]]:
    """Printed numbers that were not read."""
    return [
        (part, item, key)
        for part, item, key in values
        if (cell := report.tables.get(part, {}).get(item, {}).get(key)) is None
        or cell.value is None
    ]


Place = tuple[str, str, str]


def printed(folder: Path) -> dict[Place, str]:
    tables = json.loads((folder / "printed.json").read_text(encoding="utf-8"))
    return {
        (part, item, key): text
        for part, table in tables.items()
        for item, row in table.items()
        for key, text in row.items()
    }
