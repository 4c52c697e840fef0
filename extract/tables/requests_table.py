"""The table of section three: 23 or 25 rows of seven applicant columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gongkai.extract.chinese.normalize import best_fuzzy_match, normalize_text, strip_numbering
from gongkai.extract.chinese.numbers import read_whole
from gongkai.extract.forms import Form, Item
from gongkai.extract.forms.request_items import OTHERWISE
from gongkai.extract.model.document import GridCell
from gongkai.extract.model.findings import (
    BLANK,
    Shape,
    cell_texts,
    cells_after,
    cells_found,
    conflicting_rows,
    doubtful_cell,
    missing_rows,
    unexpected_shape,
)
from gongkai.extract.model.report import Cell, Finding
from gongkai.extract.tables.row_kinds import FormRow, find_group, find_item, join_halves
from gongkai.extract.tables.row_values import select_values
from gongkai.messages import message

_COUNT = 7
_KNOWN_ROW = Shape("表内规定的行名", message("shape_known_row"))
_TO_TOTAL = Shape(f"自然人至总计{_COUNT}列", message("shape_to_total", n=_COUNT))
_NO_TOTAL = Shape("没有总计一列", message("shape_no_total"))
_OTHER = ("其他", "其它", "其他情形", "其他情况")
_ALIKE = 0.75
_NEAR = 3  # rows between the two halves of a torn row
_NUMBERED = re.compile(r"[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[)）、.．]|[①-⑳]")


@dataclass(slots=True)
class _Reader:
    form: Form
    columns: tuple[int, ...] = ()  # grid columns of the header last seen, in the form's order
    width: int = 0  # of the grid they are columns of
    header: dict[str, int] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)  # what the header names, on whatever page
    swapped: bool = False  # whether the header has another order than the form
    group: str = ""
    above: FormRow | None = None  # the row before this one
    torn: FormRow | None = None  # a row whose label or values are on the other side of a page break
    raws: dict[str, list[str]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    stray: list[FormRow] = field(default_factory=list)
    before: list[int] = field(default_factory=list)  # the item taken last before each stray row
    last: int = -1
    blanks: dict[str, int] = field(default_factory=dict)  # blank rows, by when they were met
    count: int = 0
    findings: list[Finding] = field(default_factory=list)

    def feed(self, row: FormRow) -> None:
        if _is_header(row):
            self._header(row)
            return
        self.count += 1
        for label in row.labels:
            self.group = find_group(label) or self.group
        if self._carries_on(row):
            return
        item = self._item(row)
        if item is None:
            self._loose(row)
        elif row.stated:
            if self.torn is not None and not self.torn.stated and self._item(self.torn) is item:
                self.raws.pop(item.key, None)  # the upper half of this row, not a row of blanks
            self._take(item, row)
        else:
            self._unstated(item, row)

    def _carries_on(self, row: FormRow) -> bool:
        """The lower half of a row that a page break cut: the rest of its label over blank cells.

        Without this the rest of a label (重新出具已获取信息) could pass for the row itself, all blank.
        """
        above, self.above = self.above, row
        if above is None or row.stated or not row.labels or not above.stated or not above.labels:
            return False
        if (
            find_group(row.label)
            or len(row.values) < _COUNT
            or _NUMBERED.match(normalize_text(row.label))
        ):
            return False
        whole = join_halves(above, row)
        item, upper = self._item(whole), self._item(above)
        if item is None or (upper is not None and upper is not item):
            return False
        if upper is None:
            self._forget(above)
            self._take(item, whole)
        return self._item(row) in (None, item)

    def _item(self, row: FormRow) -> Item | None:
        if row.stated and _label_spans(row):
            return None  # labels of several rows run together: nobody can say whose these are
        if strip_numbering(row.label) in _OTHER and (
            self.group == OTHERWISE or len(row.labels) == 1
        ):
            return next((item for item in self.form.items if item.key == "other"), None)
        found = find_item(row.label, self.form)
        if found is None and not find_group(row.label):
            own = [label for label in row.labels if not find_group(label)]
            found = find_item("".join(own), self.form)
        if found and found.key == "other" and self.form.id == "2021" and not row.stated:
            return None  # （六）其他处理 as a heading of its own
        return found

    def _unstated(self, item: Item, row: FormRow) -> None:
        """A label without a value: all blank, or the upper half of a torn row."""
        if self._raw(row) is not None and len(row.values) >= _COUNT:
            self._take(item, row)
        self.torn = row

    def _loose(self, row: FormRow) -> None:
        """A row that names nothing: a group heading, or one half of a torn row."""
        torn, self.torn = self.torn, None
        if not row.labels and row.stated and torn is not None and not torn.stated:
            item = self._item(torn)
            if item is not None:
                self.raws.pop(item.key, None)
                if self._raw(row):
                    self._take(item, row)
                    return
        if torn is not None and row.labels and not (row.stated and torn.stated):
            whole = join_halves(torn, row)
            item = self._item(whole)
            if item is not None:
                if row.stated:  # its upper half was taken for a row of blanks
                    self.raws.pop(item.key, None)
                self._take(item, whole)
                return
        if row.labels and (row.stated or len(row.values) >= _COUNT):
            self.torn = row
        if row.stated:
            self.stray.append(row)
            self.before.append(self.last)
            for key, met in self.blanks.items():
                if self.count - met <= _NEAR:  # its values may be these: not blank, but unread
                    self.raws.pop(key, None)

    def _take(self, item: Item, row: FormRow) -> None:
        self.torn = None
        raw = self._raw(row)
        if raw is None:
            self.refused.add(item.key)
            found = cells_found(len(row.values), _shown(row.values))
            expected = cells_after(item, self.count_of_values)
            self.findings.append(unexpected_shape(row.place, item.key, expected, found))
            return
        self.last = self.form.items.index(item)
        if not any(map(normalize_text, raw)):
            self.blanks[item.key] = self.count
        known = self.raws.setdefault(item.key, raw)
        if [normalize_text(x) for x in known] != [normalize_text(x) for x in raw]:
            self.refused.add(item.key)
            self.findings.append(conflicting_rows(row.place, item.key, known, raw))

    def _header(self, row: FormRow) -> None:
        """Columns by their words; a header may be spread over several rows and be repeated."""
        named = [(key, cell) for cell in row.cells if (key := self._applicant(cell))]
        order = [self._order.index(key) for key, _ in named]
        again = "申请人情况" in row.text or any(key in self.header for key, _ in named)
        if again or row.width != self.width:  # columns of another grid are other columns
            self.header, self.width = {}, row.width
        if again:
            self.named, self.swapped = set(), False
        self.named |= {key for key, _ in named}
        self.header |= {key: cell.column for key, cell in named if cell.columns == 1}
        places = [self.header.get(key, -1) for key in self._order[: self.count_of_values]]
        self.columns = tuple(places) if min(places) >= 0 else ()
        if order != sorted(order) and any(cell.column < 0 for _, cell in named):
            found = _columns_found([normalize_text(cell.text) for _, cell in named])
            self.findings.append(unexpected_shape(row.place, "", _columns_of(self.form), found))
        self.swapped = self.swapped or order != sorted(order)

    def _raw(self, row: FormRow) -> list[str] | None:
        """The row's values, by the columns of the header where it stands in the same grid."""
        columns = self.columns if row.width == self.width else ()
        swapped = self.swapped or list(self.columns) != sorted(self.columns)
        if swapped and not columns:
            return None
        raw = select_values(row, self.count_of_values, columns)
        return None if raw and not columns and self._stands_elsewhere(row, raw) else raw

    def _stands_elsewhere(self, row: FormRow, raw: Sequence[str]) -> bool:
        """Whether a value is not in the column that the header names for it.

        A printed table may run off its page, the end of its header with it: what is left of a row
        can then have as many cells as the form, padding in front of the label's values among them.
        """
        if row.width != self.width or not row.width:
            return False
        standing = {cell.column: cell.text for cell in row.cells if cell.columns == 1}
        return any(
            normalize_text(standing[column]) != normalize_text(raw[self._order.index(key)])
            for key, column in self.header.items()
            if column in standing and self._order.index(key) < len(raw)
        )

    @property
    def count_of_values(self) -> int:
        """How many values a row has: a header may name the six applicants and no total."""
        return _COUNT - (self.named == set(self._order[:-1]))

    def _forget(self, row: FormRow) -> None:
        """Drop a stray row that was found to be half of another."""
        kept = [n for n, stray in enumerate(self.stray) if stray is not row]
        self.stray = [self.stray[n] for n in kept]
        self.before = [self.before[n] for n in kept]

    def respell(self) -> None:
        """Take rows whose label has a wrong character: in place, and like one missing row alone."""
        for row, before in list(zip(self.stray, self.before, strict=True)):
            missing = {
                item.key: item.zh
                for item in self.form.items[before + 1 :]
                if item.key not in self.raws and item.key not in self.refused
            }
            key = best_fuzzy_match(row.label, missing, _ALIKE)
            item = next((item for item in self.form.items if item.key == key), None)
            if item is not None and self._raw(row) is not None:
                self._forget(row)
                self._take(item, row)

    @property
    def _order(self) -> list[str]:
        return [column.key for column in self.form.applicants]

    def _applicant(self, cell: GridCell) -> str:
        text = normalize_text(cell.text)
        if "法人" in text or len(text) > 12:
            return ""
        named = (c.key for c in self.form.applicants if any(word in text for word in c.words))
        return next(named, "")


def _is_header(row: FormRow) -> bool:
    text = row.text
    words = (
        "申请人情况",
        "自然人",
        "法人或其他组织",
        "商业企业",
        "科研机构",
        "法律服务机构",
        "勾稽关系",
    )
    return any(word in text for word in words) and not any(
        normalize_text(cell.text).isdigit() for cell in row.values
    )


def _label_spans(row: FormRow) -> bool:
    """Whether the cell that should name this row stands beside several."""
    last = len(row.cells) - len(row.values) - 1
    return last >= 0 and row.cells[last].rows > 1


def _shown(values: Sequence[GridCell]) -> list[str]:
    return [normalize_text(cell.text) for cell in values[:12]]


def _columns_of(form: Form) -> Shape:
    return Shape(
        "、".join(column.zh for column in form.applicants),
        message("shape_columns", columns=tuple(column.label for column in form.applicants)),
    )


def _columns_found(texts: Sequence[str]) -> Shape:
    return Shape("、".join(texts), message("shape_columns", columns=cell_texts(texts)))


def read_requests(
    rows: Sequence[FormRow], form: Form
) -> tuple[dict[str, dict[str, Cell]], list[Finding]]:
    """The cells by item and applicant, and what was wrong. A refused row is absent."""
    reader = _Reader(form)
    for row in rows:
        reader.feed(row)
    reader.respell()
    table: dict[str, dict[str, Cell]] = {}
    findings = reader.findings
    for item in form.items:
        raw = reader.raws.get(item.key)
        if raw is None or item.key in reader.refused:
            continue
        table[item.key] = {
            column.key: read_whole(text) for column, text in zip(form.applicants, raw, strict=False)
        }
        findings += _doubts(item, table[item.key])
    missing = [i for i in form.items if i.key not in table and i.key not in reader.refused]
    if missing or any(not any(map(normalize_text, raw)) for raw in reader.raws.values()):
        findings += [_unread(row) for row in reader.stray[:10]]
    if missing:
        findings.append(missing_rows("requests", missing))
    if reader.count_of_values < _COUNT:
        findings.append(unexpected_shape(None, "total", _TO_TOTAL, _NO_TOTAL))
    return table, findings


def _unread(row: FormRow) -> Finding:
    label, texts = normalize_text(row.label)[:40], _shown(row.values)
    found = Shape(
        f"“{label}”{'，'.join(text or BLANK for text in texts)}",
        message("shape_other_row", label=label, cells=cell_texts(texts)),
    )
    return unexpected_shape(row.place, "", _KNOWN_ROW, found)


def _doubts(item: Item, cells: dict[str, Cell]) -> list[Finding]:
    return [
        doubtful_cell(item.key, item.label, cell.raw)
        for cell in cells.values()
        if cell.value is None and cell.note in ("unreadable", "odd")
    ]
