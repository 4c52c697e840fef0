"""Tell the labels of a table row from its values, and find the row of the form that a label names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gongkai.extract.chinese.normalize import before_explanation, normalize_text, strip_numbering
from gongkai.extract.chinese.numbers import UNITS, is_figure_text
from gongkai.extract.forms import FORM_2021, FORMS, Form, Item
from gongkai.extract.forms.request_items import GROUPS
from gongkai.extract.model.document import GridCell

LONGEST_LABEL = 90
_NUMERALS = "零〇一二三四五六七八九十"
_UNITS = "".join(sorted({unit[-1] for unit in UNITS} | {"元", "万"}))
"""The last characters of a number with a unit."""
_CHANGED = re.compile(rf"(?:[增减][加少]?|[-+−–—])[\d,.]+(?:[{_UNITS}]|万元)?")
_LONGEST_REMARK = 40
_APPLICANTS = (6, 7)
"""Values behind a row of section three: the six applicants, and mostly the total."""
_DISCLOSED = {
    word: tuple(
        {
            len(other.columns)
            for form in FORMS.values()
            for other in form.disclosures
            if other.zh == row.zh
        }
    )
    for form in FORMS.values()
    for row in form.disclosures
    for word in (row.zh, *row.words)
}
"""Values behind a row of section two, by its names."""


@lru_cache(maxsize=20_000)
def is_label(text: str) -> bool:
    """Return whether a cell is a label: Chinese characters that are no unit and no remark."""
    bare = normalize_text(text)
    if is_figure_text(bare):
        return False
    letters = sum(1 for char in bare if "\u4e00" <= char <= "\u9fff")
    if letters == 0:
        return False
    if any(char.isdigit() for char in bare):
        if _CHANGED.fullmatch(bare):
            return False
        return letters > 2 or not bare[0].isdigit() or bare[-1] not in _UNITS
    return bare not in ("无", "元", "万元", "件") and not all(char in _NUMERALS for char in bare)


@lru_cache(maxsize=20_000)
def find_item(label: str, form: Form) -> Item | None:
    """Return the row of the form that a label names, None if it names none or several."""
    text = normalize_text(label)
    found = [
        item for item in form.items if any(all(w in text for w in words) for words in item.words)
    ]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=20_000)
def find_group(label: str) -> str:
    """Return the group that a short label opens, "" for other labels."""
    text = strip_numbering(label)
    if len(text) > 14:
        return ""
    return next((group for word, group in GROUPS.items() if word in text), "")


def last_label(cells: Sequence[GridCell]) -> int:
    """Return the number of the last label cell, -1 without one.

    Words behind a label of the form that stand among its values are in the place of one: they are no
    label (行政规范性文件 | 34 | 已废止若干 | 189).
    """
    labels = [n for n, cell in enumerate(cells) if is_label(cell.text)]
    last = labels[-1] if labels else -1
    for n in reversed(labels[:-1]):
        if counts := _values_named(cells[n].text):
            behind = cells[n + 1 :]
            numbers = sum(cell.text.strip().isdigit() for cell in behind)
            short = all(len(cells[other].text) <= _LONGEST_REMARK for other in labels if other > n)
            return n if len(behind) in counts and short and numbers else last
    return last


@lru_cache(maxsize=20_000)
def _values_named(label: str) -> tuple[int, ...]:
    """Return how many values may stand behind a label that plainly names a row, () for others."""
    if len(label) > LONGEST_LABEL or find_group(label):
        return ()
    item = find_item(label, FORM_2021)
    if item is not None:
        return _APPLICANTS
    named = strip_numbering(before_explanation(label))
    return next((counts for word, counts in _DISCLOSED.items() if named == word), ())
