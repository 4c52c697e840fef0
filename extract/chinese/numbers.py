"""Read the numbers of cells. Blank is not zero, and the raw text is kept beside the value."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache

from gongkai.extract.chinese.normalize import fold_characters
from gongkai.extract.model.report import Cell, Number

_NONE = frozenset(("没有", "暂无"))
_DASHES = frozenset(
    "-‐‑‒–—―−/／\\一_~～*无"
)  # 一: a dash typed as the character for one, alone in a cell
_ZEROS = frozenset("零〇○Oo")
"""Zero in other characters, alone in a cell; 1O is not a number."""
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
"""Characters without width, which editors leave in the middle of numbers."""
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,6})?")
UNITS = ("件", "条", "份", "宗", "起", "项", "个", "次", "人次", "件次", "条次", "例", "笔", "户")
_LONGEST = 400
_OVERHANG = re.compile(r"^[、，。；]+|[、。；]+$")
"""Punctuation that word processors let hang into the next cell."""
_CHANGED = re.compile(r"^(?:([增减])[加少]?|[–—])(?=\d)")
_MONEY = {"万元": 1.0, "千元": 10.0, "元": 10_000.0, "万": 1.0, "亿元": 0.0001}
_SUM = "共计?|合计|总计"
_REMARK = re.compile(
    r"[,，;；。:：]?[(（]?(?:其中|含|包括|包含|不含|不包括|均为|全部为|较上|比上|同比).{0,300}"
)
"""A remark behind a number, which says something of it: 22（其中修订16件）. Other texts in brackets may
correct the number (应为25) or be a second one, and are no remarks."""
_NO_CASE = re.compile(r"[(（](?:无|不|没有|未|本(?:单位|机关|部门|局|街道|镇|乡))[^\d]{0,60}[)）]")
"""A remark that says why a number is 0: 0（本单位无此项职能）."""
_TOTAL = re.compile(rf"^(?:{_SUM})(?=\d)")
_FIGURE = re.compile(
    rf"(?:{_SUM}|约|近|超过?|逾)?[+-]?\d[\d,]{{0,18}}(?:\.\d{{1,6}})?"
    rf"(?:{'|'.join((*UNITS, *_MONEY))})?"
    r"(?:$|[(]|[,;。:]?(?:其中|含|包括|包含|较|同比|比上))"
)
"""The beginning of a text that states a number, and may say more of it."""
_NO_FIGURE = re.compile(
    r"[(（]?(?:(?:详见|请见|参见|见)[^。]{1,12}|同[上左前下右]|[不未无]涉及|不适用|[未待]统计|未发生|未产生|无数据"
    r"|无此[项类][^。]{0,4}|待定|略|涉密|保密)[)）。]?"
)
"""Words that stand in the place of a number."""
_WRAPPED = re.compile(r"(?<=\d) (?=[.,]\d)")
"""A line break that can only be one inside a number."""


@lru_cache(maxsize=20_000)
def is_figure_text(text: str) -> bool:
    """Return whether the text of a cell stands for a number: with a remark, or instead of it.

    `text` is normalized. Such a cell is no label of a row.

    >>> is_figure_text("22(其中修订16件)"), is_figure_text("见附件"), is_figure_text("3.其他")
    (True, True, False)
    """
    if len(text) > _LONGEST:
        return False
    if text in _NONE or _NO_FIGURE.fullmatch(text):
        return True
    stated = _FIGURE.match(text)
    return stated is not None and any(char.isdigit() for char in stated[0])


def clean_cell_text(raw: str) -> str:
    """Return the text of a cell on one line, without outer space and invisible characters."""
    return " ".join(_UNSEEN.sub("", raw).split())


def read_count(raw: str) -> Cell:
    """Read a whole number as the form asks for it.

    A number in another notation (1,113; +21; 13件; 1.5; -3) or with a remark behind it keeps its
    value and is noted `odd`; a dash and a blank have no value; anything else is `unreadable`.

    >>> read_count("１３")
    Cell(raw='１３', value=13, note='')
    >>> read_count("—")
    Cell(raw='—', value=None, note='dash')
    >>> read_count("22（其中修订16件）").value
    22
    """
    return _read(raw, UNITS, {})


def read_change(raw: str) -> Cell:
    """Read a yearly change, for which a minus sign is ordinary.

    >>> read_change("-10")
    Cell(raw='-10', value=-10, note='')
    >>> read_change("减少3").value
    -3
    """
    shown = clean_cell_text(raw)
    cell = read_count(_CHANGED.sub(lambda found: "+" if found[1] == "增" else "-", shown))
    cell = replace(cell, raw=shown)
    minus = isinstance(cell.value, int) and fold_characters(cell.raw) == str(cell.value)
    return Cell(cell.raw, cell.value) if minus else cell


@lru_cache(maxsize=20_000)  # most cells of most reports are the same few numbers
def read_whole(raw: str) -> Cell:
    """Read a whole number; a negative number or a fraction is noted `odd` and has no value.

    >>> read_whole("-1")
    Cell(raw='-1', value=None, note='odd')
    """
    cell = read_count(raw)
    if cell.value is not None and not (isinstance(cell.value, int) and cell.value >= 0):
        return Cell(cell.raw, None, "odd")
    return cell


def read_wan_yuan(raw: str, unit: str = "万元") -> Cell:
    """Read an amount in 万元. `unit` is the unit of the header; a unit in the cell takes precedence.

    >>> read_wan_yuan("251000元").value
    25.1
    """
    return _read(raw, (), _MONEY, unit)


def _read(raw: str, units: tuple[str, ...], money: dict[str, float], unit: str = "") -> Cell:
    shown = clean_cell_text(raw)
    if any(unicodedata.category(char) == "No" for char in shown):
        return Cell(shown, None, "unreadable")  # 10² is ten with a note and ① a mark, not numbers
    words = fold_characters(_OVERHANG.sub("", shown)).replace("，", ",")
    words = words.replace("−", "-").replace("﹢", "+")
    text = words.replace(" ", "")
    if not text:
        return Cell(shown, None, "blank")
    if text in _NONE or (all(char in _DASHES for char in text) and text != "*"):
        return Cell(shown, None, "dash")
    if text in _ZEROS:
        return Cell(shown, 0, "odd")
    text = _TOTAL.sub("", text)
    match = _NUMBER.match(text)
    if match is None or len(text) > _LONGEST:
        return Cell(shown, None, "unreadable")
    tail, remark = _split_tail(text[match.end() :], (*units, *money), match[0] == "0")
    if tail is None:
        return Cell(shown, None, "unreadable")
    if " " in words and match[0] not in _WRAPPED.sub("", words):
        # "1 0" may be two joined cells or one torn number
        return Cell(shown, None, "unreadable")
    divisor = money.get(tail or unit, 1.0)
    value = _number(match, divisor)
    is_plain = (
        not (tail or remark)
        and " " not in shown
        and match[1] != "+"
        and "," not in match[2]
        and (bool(money) or not match[3])
        and not _OVERHANG.search(shown)
    )
    return Cell(shown, value, "" if is_plain and match[1] != "-" else "odd")


def _split_tail(tail: str, units: tuple[str, ...], is_zero: bool) -> tuple[str | None, str]:
    """Return the unit and the remark behind a number; the unit is None if there is something else."""
    for unit in ("", *units):
        rest = tail.removeprefix(unit)
        remarked = _REMARK.fullmatch(rest) or (is_zero and _NO_CASE.fullmatch(rest))
        if tail.startswith(unit) and (not rest or remarked):
            return unit, rest
    return None, ""


def _number(match: re.Match[str], divisor: float) -> Number:
    digits = match[2].replace(",", "")
    sign = -1 if match[1] == "-" else 1
    if divisor == 1.0 and not match[3]:
        return sign * int(digits)
    value = round(sign * float(digits + (match[3] or "")) / divisor, 6)
    return int(value) if value.is_integer() else value
