"""Believe a report that says of its own blanks that they are zeros (注：空白处为0)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.model.report import Cell

_STATED = re.compile(
    r"(?:空白|空格|空项|空缺|留空|空着|未填|不填|没有填|没填)[^。;!?不非未没\d]{0,12}"
    r"(?:为|表示|代表|视为|视同|即|等于|按|计|指|是|系)[“\"'‘「]?(?:数字|数值)?(?:0|零|〇)(?![\d.%个件条次份填处])"
)
_LONGEST = 2_000
_MARKS = ("空", "填")


def states_zero_blanks(text: str) -> bool:
    """Return whether a document says that its blank cells are zeros.

    >>> states_zero_blanks("注：表中空白处均为“0”。"), states_zero_blanks("空白处不为0。")
    (True, False)
    """
    return any(
        _STATED.search(normalize_text(line[:_LONGEST]))
        for line in text.splitlines()
        if any(mark in line for mark in _MARKS)
    )


def fill_blanks(row: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return a row with 0 in its blank cells, which keep their note."""
    return {
        key: replace(cell, value=0) if cell.note == "blank" else cell for key, cell in row.items()
    }
