"""The tables as the official form prints them: rows of headings and values with their spans."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from gongkai.catalogue import Language, text
from gongkai.extract.forms import Column, Disclosure, Form, Item
from gongkai.extract.forms.request_items import RESULT
from gongkai.publish.wording.rules import CellKey

GROUPS = {
    "三、本年度办理结果": "outcomes",
    "（三）不予公开": "refused",
    "（四）无法提供": "unavailable",
    "（五）不予处理": "rejected",
    "（六）其他处理": "other",
    "行政复议": "review",
    "行政诉讼": "litigation",
}
"""The headings over rows and columns of the form, as it prints them, with the keys of their texts."""

ARTICLE_ITEMS = {f"第二十条第（{zh}）项": n for n, zh in enumerate("一二三四五六七八九", 1)}
"""The items of article 20, as the form prints them, with their numbers."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. `scope` is the attribute of HTML: col, colgroup, row or rowgroup."""

    text: str
    scope: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class ValueCell:
    """The place of a value in a printed table."""

    key: CellKey
    columns: int = 1


PrintedRow = tuple[Heading | ValueCell, ...]


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Rows of values under their rows of headings."""

    head: tuple[PrintedRow, ...]
    body: tuple[PrintedRow, ...]


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """One table of the form.

    `part` is its table in the data contract, `section` the number of the section it belongs to.
    `label_columns` is the number of columns before the values.
    """

    part: str
    section: int
    blocks: tuple[TableBlock, ...]
    label_columns: int

    @property
    def keys(self) -> tuple[CellKey, ...]:
        """The keys of all values, in printed order."""
        rows = (row for block in self.blocks for row in block.body)
        return tuple(cell.key for row in rows for cell in row if isinstance(cell, ValueCell))


def print_tables(form: Form, lang: Language) -> tuple[PrintedTable, ...]:
    """Return the three tables of a form with labels in `lang`."""
    return (
        _print_disclosure(form, lang),
        _print_requests(form, lang),
        _print_litigation(form, lang),
    )


def _group(zh: str, lang: Language) -> str:
    return text(lang, f"printed.group.{GROUPS[zh]}")


def _article(zh: str, lang: Language) -> str:
    return text(lang, f"printed.article.{ARTICLE_ITEMS[zh]}")


def _label(labelled: Item | Column | Disclosure, lang: Language) -> str:
    """Return a label, with the unit of its values if the form does not print it."""
    label = labelled.en if lang == "en" else labelled.zh
    unit = getattr(labelled, "unit", "") if lang != "en" else ""
    return f"{label}（{unit}）" if unit and unit not in label else label


def _print_disclosure(form: Form, lang: Language) -> PrintedTable:
    width = max(len(row.columns) for row in form.disclosures)
    blocks = tuple(
        _print_article(form.part, article, tuple(rows), width, lang)
        for article, rows in groupby(form.disclosures, key=lambda row: row.article)
    )
    return PrintedTable(form.part, 2, blocks, 1)


def _print_article(
    part: str, article: str, rows: tuple[Disclosure, ...], width: int, lang: Language
) -> TableBlock:
    spans = _spans(len(rows[0].columns), width)
    name = _article(article, lang)
    heads = tuple(
        Heading(_label(column, lang), "col", span)
        for column, span in zip(rows[0].columns, spans, strict=True)
    )
    head = (
        (Heading(name, "colgroup", width + 1),),
        (Heading(text(lang, "printed.information"), "col"), *heads),
    )
    body: tuple[PrintedRow, ...] = tuple(
        (
            Heading(_label(row, lang), "row"),
            *(
                ValueCell((part, "", column.key), span)
                for column, span in zip(row.columns, spans, strict=True)
            ),
        )
        for row in rows
    )
    return TableBlock(head, body)


def _spans(count: int, width: int) -> tuple[int, ...]:
    """Return the spans of `count` cells over `width` columns; the last one takes the rest."""
    return (*(1 for _ in range(count - 1)), width - count + 1)


def _print_requests(form: Form, lang: Language) -> PrintedTable:
    person, *organisations, total = form.applicants
    head = (
        (
            Heading(text(lang, "printed.identity"), "colgroup", 3, 3),
            Heading(text(lang, "printed.applicants"), "colgroup", len(form.applicants)),
        ),
        (
            Heading(_label(person, lang), "col", 1, 2),
            Heading(text(lang, "printed.legal_persons"), "colgroup", len(organisations)),
            Heading(_label(total, lang), "col", 1, 2),
        ),
        tuple(Heading(_label(column, lang), "col") for column in organisations),
    )
    body: tuple[PrintedRow, ...] = tuple(
        (
            *_row_labels(form.items, item, lang),
            *(ValueCell(("requests", item.key, column.key)) for column in form.applicants),
        )
        for item in form.items
    )
    return PrintedTable("requests", 3, (TableBlock(head, body),), 3)


def _row_labels(items: tuple[Item, ...], item: Item, lang: Language) -> tuple[Heading, ...]:
    """Return the headings before a row. Headings of groups stand in the first row of a group."""
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


def _print_litigation(form: Form, lang: Language) -> PrintedTable:
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
            ValueCell(("review_litigation", proceeding.key, column.key))
            for proceeding in form.proceedings
            for column in results
        ),
    )
    return PrintedTable("review_litigation", 4, (TableBlock(head, body),), 0)
