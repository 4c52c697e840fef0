"""The tables as the official form prints them: rows of headings and cells with their spans."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from gongkai.extract.forms import Column, Disclosure, Form, Item
from gongkai.extract.forms.request_items import RESULT
from gongkai.publish.wording.rules import CellKey

CORNER = (
    "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）",
    "(In each column, item one plus item two equals item three plus item four.)",
)
APPLICANTS = ("申请人情况", "Applicants")
LEGAL_PERSONS = ("法人或其他组织", "Legal persons and other organisations")
CONTENT = ("信息内容", "Information")
GROUPS_EN = {
    "三、本年度办理结果": "3 Outcomes this year",
    "（三）不予公开": "Refused",
    "（四）无法提供": "Unavailable",
    "（五）不予处理": "Not processed",
    "（六）其他处理": "Handled otherwise",
    "行政复议": "Administrative review",
    "行政诉讼": "Administrative litigation",
}
ARTICLES_EN = {
    f"第二十条第（{zh}）项": f"Article 20, item {n}" for n, zh in enumerate("一二三四五六七八九", 1)
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading cell. `scope` is that of HTML: col, colgroup, row or rowgroup."""

    text: str
    scope: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes."""

    key: CellKey
    columns: int = 1


Row = tuple[Heading | Place, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under one head, as a table prints them; `label_columns` stand before the values."""

    head: tuple[Row, ...]
    body: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """One table of the form. `part` is its table in the data contract, `section` where it stands."""

    part: str
    section: int
    blocks: tuple[Block, ...]
    label_columns: int

    @property
    def keys(self) -> tuple[CellKey, ...]:
        """Return the keys of all cells, in printed order."""
        rows = (row for block in self.blocks for row in block.body)
        return tuple(cell.key for row in rows for cell in row if isinstance(cell, Place))


def tables(form: Form, lang: str) -> tuple[Printed, ...]:
    """Return the three tables of a form with their labels in `lang`."""
    return (_active(form, lang), _requests(form, lang), _reviews(form, lang))


def _pick(words: tuple[str, str], lang: str) -> str:
    return words[1] if lang == "en" else words[0]


def _group(zh: str, lang: str) -> str:
    return GROUPS_EN.get(zh, zh) if lang == "en" else zh


def _label(labelled: Item | Column | Disclosure, lang: str) -> str:
    """Return a label with the unit its values are in, where the form's own words do not say it."""
    label = labelled.en if lang == "en" else labelled.zh
    unit = getattr(labelled, "unit", "") if lang != "en" else ""
    return f"{label}（{unit}）" if unit and unit not in label else label


def _active(form: Form, lang: str) -> Printed:
    width = max(len(row.columns) for row in form.active)
    blocks = tuple(
        _article(form.part, article, tuple(rows), width, lang)
        for article, rows in groupby(form.active, key=lambda row: row.article)
    )
    return Printed(form.part, 2, blocks, 1)


def _article(part: str, article: str, rows: tuple[Disclosure, ...], width: int, lang: str) -> Block:
    spans = _spans(len(rows[0].columns), width)
    name = ARTICLES_EN.get(article, article) if lang == "en" else article
    heads = tuple(
        Heading(_label(column, lang), "col", span)
        for column, span in zip(rows[0].columns, spans, strict=True)
    )
    head = (
        (Heading(name, "colgroup", width + 1),),
        (Heading(_pick(CONTENT, lang), "col"), *heads),
    )
    body = tuple(
        (
            Heading(_label(row, lang), "row"),
            *(
                Place((part, "", column.key), span)
                for column, span in zip(row.columns, spans, strict=True)
            ),
        )
        for row in rows
    )
    return Block(head, body)


def _spans(count: int, width: int) -> tuple[int, ...]:
    """Return the column spans of `count` cells over `width` columns; the last takes what is left."""
    return (*(1 for _ in range(count - 1)), width - count + 1)


def _requests(form: Form, lang: str) -> Printed:
    person, *organisations, total = form.applicants
    head = (
        (
            Heading(_pick(CORNER, lang), "colgroup", 3, 3),
            Heading(_pick(APPLICANTS, lang), "colgroup", len(form.applicants)),
        ),
        (
            Heading(_label(person, lang), "col", 1, 2),
            Heading(_pick(LEGAL_PERSONS, lang), "colgroup", len(organisations)),
            Heading(_label(total, lang), "col", 1, 2),
        ),
        tuple(Heading(_label(column, lang), "col") for column in organisations),
    )
    body = tuple(
        (
            *_row_labels(form.items, item, lang),
            *(Place(("requests", item.key, column.key)) for column in form.applicants),
        )
        for item in form.items
    )
    return Printed("requests", 3, (Block(head, body),), 3)


def _row_labels(items: tuple[Item, ...], item: Item, lang: str) -> tuple[Heading, ...]:
    """Return the label cells in front of a row: group labels only where their group begins."""
    if not item.group:
        return (Heading(_label(item, lang), "row", 3),)
    labels = []
    grouped = [each for each in items if each.group]
    if item is grouped[0]:
        labels.append(Heading(_group(RESULT, lang), "rowgroup", 1, len(grouped)))
    if item.group == RESULT:
        return (*labels, Heading(_label(item, lang), "row", 2))
    siblings = [each for each in grouped if each.group == item.group]
    if item is siblings[0]:
        labels.append(Heading(_group(item.group, lang), "rowgroup", 1, len(siblings)))
    return (*labels, Heading(_label(item, lang), "row"))


def _reviews(form: Form, lang: str) -> Printed:
    results = form.results
    review, *suits = form.proceedings
    head = (
        (
            Heading(_group(review.group, lang), "colgroup", len(results)),
            Heading(_group(suits[0].group, lang), "colgroup", len(results) * len(suits)),
        ),
        (
            *(Heading(_label(column, lang), "col", 1, 2) for column in results),
            *(Heading(_label(suit, lang), "colgroup", len(results)) for suit in suits),
        ),
        tuple(Heading(_label(column, lang), "col") for _ in suits for column in results),
    )
    body = (
        tuple(
            Place(("review_litigation", proceeding.key, column.key))
            for proceeding in form.proceedings
            for column in results
        ),
    )
    return Printed("review_litigation", 4, (Block(head, body),), 0)
