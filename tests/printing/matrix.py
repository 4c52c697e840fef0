"""The official tables as people print them: cells with spans, in the styles that were met.

A style is plain data, so that a test can draw one at random. Values are given as text, by the
keys of the data contract, and never looked at here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gongkai.extract.forms import Form
from gongkai.extract.forms.request_items import RESULT

Values = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True)
class Box:
    """A printed cell."""

    text: str
    rows: int = 1
    columns: int = 1


Table = list[list[Box]]


@dataclass(frozen=True)
class Style:
    """How an agency's typist lays the tables out.

    padding: what stands where a group label spans rows: its span, blank cells, or nothing
    (the row is then shifted to the left). groups: whether a group label has a row of its own.
    """

    numbering: str = "1."
    padding: str = "span"  # span, blank, none
    groups: str = "beside"  # beside, own_row
    header: bool = True
    active: str = "four"  # four, one
    review: str = "row"  # row, sideways, matrix
    joined: bool = False  # all three in one table
    cut: int = 0  # row after which the requests table is cut in two
    header_again: bool = False
    grid: str = "own"  # own, shared (one grid of sixty columns), dragged (an edge not in line)


_DIGITS = {"1.": "{}.", "1、": "{}、", "（1）": "（{}）", "1 .": "{} . ", "①": "{}"}
_CIRCLES = "①②③④⑤⑥⑦⑧"


def label(text: str, numbering: str) -> str:
    """An item's label with its number written in another way."""
    number, dot, rest = text.partition(".")
    if not dot or not number.isdigit():
        return text
    if numbering == "①":
        return _CIRCLES[int(number) - 1] + rest
    return _DIGITS[numbering].format(number) + rest


def requests_header(form: Form) -> Table:
    """The three printed header rows of section three: three label columns, seven of values."""
    names = [column.zh for column in form.applicants]
    corner = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    return [
        [Box(corner, 3, 3), Box("申请人情况", 1, 6), Box("总计", 3)],
        [Box("自然人", 2), Box("法人或其他组织", 1, 5)],
        [Box(name) for name in names[1:6]],
    ]


def requests_body(form: Form, values: Values, style: Style) -> Table:
    """The rows of section three with their group labels."""
    rows: Table = []
    in_result = [item for item in form.items if item.group]
    own_rows = style.groups == "own_row"
    groups = {item.group for item in in_result} - {RESULT}
    for item in form.items:
        cells = [Box(values["requests"][item.key][column.key]) for column in form.applicants]
        name = label(item.zh, style.numbering)
        if not item.group:
            rows.append([Box(name, 1, 3), *cells])
            continue
        first_of_all = item is in_result[0]
        members = [other for other in form.items if other.group == item.group]
        first = item is members[0] and item.group in groups
        height = len(in_result) + (len(groups) if own_rows else 0)
        if own_rows and first:
            rows.append([*_result_pad(False, height, style), Box(item.group, 1, 9)])
        beside: list[Box] = []
        if item.group in groups:
            if own_rows:
                beside = [Box(name, 1, 2)]
            elif first:
                beside = [Box(item.group, len(members)), Box(name)]
                if style.padding != "span":
                    beside[0] = replace(beside[0], rows=1)
            else:
                beside = [*_pad(style), Box(name)]
        else:
            beside = [Box(name, 1, 2)]
        rows.append([*_result_pad(first_of_all, height, style), *beside, *cells])
    return rows


def _result_pad(first: bool, height: int, style: Style) -> list[Box]:
    if first:
        return [Box(RESULT, height if style.padding == "span" else 1)]
    return _pad(style)


def _pad(style: Style) -> list[Box]:
    return [Box("")] if style.padding == "blank" else []


def active_tables(form: Form, values: Values, style: Style) -> list[Table]:
    """Section two: one table, or one for each paragraph of article 20."""
    cells = values[form.part][""]
    tables: list[Table] = []
    articles = list(dict.fromkeys(row.article for row in form.disclosures))
    for article in articles:
        rows = [row for row in form.disclosures if row.article == article]
        names = [column.zh for column in rows[0].columns]
        table: Table = [[Box(article, 1, 4)], _spread("信息内容", names)]
        table += [_spread(row.zh, [cells[column.key] for column in row.columns]) for row in rows]
        tables.append(table)
    return tables if style.active == "four" else [[row for table in tables for row in table]]


def _spread(name: str, texts: Sequence[str]) -> list[Box]:
    """A label and its cells; the last cell is merged up to the table's right edge."""
    boxes = [Box(text) for text in texts]
    boxes[-1] = replace(boxes[-1], columns=4 - len(texts))
    return [Box(name), *boxes]


def review_table(form: Form, values: Values, style: Style) -> Table:
    """Section four as one row of fifteen, as one line a proceeding, or as a matrix of both."""
    cells = values["review_litigation"]
    results = [column.zh for column in form.results]
    keys = [column.key for column in form.results]
    if style.review == "row":
        return [
            [Box("行政复议", 1, 5), Box("行政诉讼", 1, 10)],
            [
                *(Box(name, 2) for name in results),
                Box("未经复议直接起诉", 1, 5),
                Box("复议后起诉", 1, 5),
            ],
            [Box(name) for _ in range(2) for name in results],
            [Box(cells[p.key][key]) for p in form.proceedings for key in keys],
        ]
    if style.review == "matrix":
        return [
            [Box("类别"), *(Box(name) for name in results)],
            *([Box(p.zh), *(Box(cells[p.key][key]) for key in keys)] for p in form.proceedings),
        ]
    table: Table = []
    for proceeding in form.proceedings:
        for number, (key, name) in enumerate(zip(keys, results, strict=True)):
            lead = [Box(proceeding.zh, len(keys))] if number == 0 else []
            table.append([*lead, Box(name), Box(cells[proceeding.key][key])])
    return table


def all_tables(form: Form, values: Values, style: Style) -> list[list[Table]]:
    """The tables of sections two, three and four, in the order they are printed."""
    header = requests_header(form) if style.header else []
    body = requests_body(form, values, style)
    requests = [header + body]
    if style.cut:
        requests = [
            header + body[: style.cut],
            (header if style.header_again else []) + body[style.cut :],
        ]
    if style.grid == "dragged":
        requests = [[_dragged(row, n % 2) for n, row in enumerate(table)] for table in requests]
    found = [active_tables(form, values, style), requests, [review_table(form, values, style)]]
    if style.grid == "shared":
        widths = (4, 10, {"row": 15, "matrix": 6, "sideways": 3}[style.review])
        return [
            [_stretched(table, _SHARED // width) for table in tables]
            for tables, width in zip(found, widths, strict=True)
        ]
    return found


_SHARED = 60


def _stretched(table: Table, times: int) -> Table:
    return [[replace(box, columns=times * box.columns) for box in row] for row in table]


def _dragged(row: list[Box], right: int) -> list[Box]:
    """A row whose edge before the column 其他 stands a sliver to the left or to the right."""
    if len(row) >= 8:
        wider = len(row) - 3 if right else len(row) - 2
    else:  # a header, or a group label with a row of its own
        wider = next(
            (n for n, box in enumerate(row) if box.columns in (5, 6, 9)), len(row) - 1 - right
        )
    return [replace(box, columns=box.columns + (n == wider)) for n, box in enumerate(row)]
