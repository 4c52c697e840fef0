"""Read tables in plain text with one cell on a line, or with numbers behind a label.

The text of some sites, and text copied from a PDF, has neither tabs nor pipes. Only a label of the
form with numbers behind it is certain. The form says how many there must be, and the readers of the
tables refuse any other number. A blank cell leaves no trace in such text; its row is one number
short and refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from gongkai.extract.chinese.headings import is_numbered_heading
from gongkai.extract.chinese.normalize import before_explanation, normalize_text, strip_numbering
from gongkai.extract.chinese.numbers import read_count, read_wan_yuan
from gongkai.extract.forms import FORM_2021, FORMS
from gongkai.extract.forms.header_words import (
    DISCLOSURE_COLUMNS,
    DISCLOSURE_HEADERS,
    DISCLOSURE_LABELS,
    HEADER_PIECES,
    LITIGATION_HEADERS,
    LITIGATION_RESULTS,
    REQUEST_HEADERS,
)
from gongkai.extract.layout.page import UNREADABLE
from gongkai.extract.model.document import Block, Grid, GridCell, Paragraph
from gongkai.extract.tables.row_labels import find_group, find_item

_MOST = 20_000  # lines that are examined; a report has some hundred
_FEWEST = 3  # labels with numbers behind them: fewer may be prose
_LONGEST = 60
_LONGEST_LINE = 2_000
_ALIKE = 0.7
_NUMBERED = re.compile(r"[(]?(?:\d{1,2}|[一二三四五六七八九十])[)、.]")
_WRAPPED = 3  # lines that one label may be broken over
_SENTENCE = re.compile(r"[。；！？!?]")
_APPLICANTS = tuple(column.words for column in FORM_2021.applicants)
_HEADERS = (
    *DISCLOSURE_HEADERS,
    *DISCLOSURE_COLUMNS,
    *REQUEST_HEADERS,
    *LITIGATION_HEADERS,
    *LITIGATION_RESULTS,
)
_WHOLE_HEADS = frozenset(
    before_explanation(column.zh)
    for form in FORMS.values()
    for row in form.disclosures
    for column in row.columns
)
"""The headers of section two as the forms print them."""
_GROUP = re.compile(
    r"^(三?、?本年度办理结果|[（(][三四五六][)）]\s*(?:不予公开|无法提供|不予处理|其他处理))\s*(?=\S)"
)
_TORN = re.compile("[结果维持纠正其他尚未审总计]+")


def read_cell_lines(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks of a text with such lines joined into grids, all others unchanged."""
    if len(blocks) > _MOST:
        return list(blocks)
    runs: list[list[str]] = [[]]
    ends: list[set[int]] = [set()]
    for block in blocks:
        if isinstance(block, Paragraph) and not block.heading:
            runs[-1] += _tokens(block.text)
            ends[-1].add(len(runs[-1]))
        else:
            runs.append([])
            ends.append(set())
    labelled = (_labelled(run, at) for run in runs for at in range(len(run)))
    if sum(label is not None for label in labelled) < _FEWEST:
        return list(blocks)
    others = [b for b in blocks if not isinstance(b, Paragraph) or b.heading]
    found: list[Block] = []
    for run, end, other in zip(runs, ends, (*others, None), strict=True):
        lines = _CellLines(run, end)
        lines.read()
        found += [*lines.blocks, *([other] if other else [])]
    return found


def _tokens(line: str) -> list[str]:
    """Return the cells of a line: parts between bars, and numbers in a row behind a label."""
    if len(line) > _LONGEST_LINE:
        return [line]
    parts = [part.strip() for part in line.split("|") if part.strip()]
    found: list[str] = []
    for part in parts:
        words = part.split()
        behind = 0
        while behind < len(words) and _is_value(words[-behind - 1]):
            behind += 1
        label = " ".join(words[: len(words) - behind])
        if behind and (not label or _is_label(label)):
            found += [label] if label else []
            found += words[len(words) - behind :]
        elif all(_is_head(word) for word in words):
            found += words
        else:
            found.append(part)
    return found


def _is_value(text: str) -> bool:
    if len(text) > 20:
        return False
    return read_count(text).note != "unreadable" or read_wan_yuan(text).value is not None


def _is_label(text: str) -> bool:
    """Return whether a text names a row of the form and nothing else but an explanation."""
    bare = before_explanation(_cells(text)[-1])
    if not 2 <= len(bare) <= _LONGEST or _SENTENCE.search(bare):
        return False
    if find_item(bare, FORM_2021) or strip_numbering(bare) in ("其他", "其他处理"):
        return True
    name = strip_numbering(bare)
    return any(name.endswith(word) and len(name) <= len(word) + 4 for word in DISCLOSURE_LABELS)


def _is_whole(label: str) -> bool:
    """Return whether joined pieces are one label from its beginning, and not parts of two."""
    item = find_item(_cells(label)[-1], FORM_2021)
    if item is None:
        return True
    return (
        SequenceMatcher(None, strip_numbering(_cells(label)[-1]), strip_numbering(item.zh)).ratio()
        > _ALIKE
    )


def _cells(label: str) -> list[str]:
    """Return the words of a label without the group labels on the same line."""
    found: list[str] = []
    while match := _GROUP.match(label):
        found.append(match[1])
        label = label[match.end() :]
    return [*found, label]


def _is_head(text: str) -> bool:
    """Return whether a text is a cell of a header: words of the form, no sentence, no section."""
    bare = normalize_text(text)
    if len(bare) > _LONGEST or _SENTENCE.search(bare) or is_numbered_heading(text):
        return False
    if bare in HEADER_PIECES or any(bare in words for words in _APPLICANTS):
        return True
    return any(word in bare for word in _HEADERS)


def _joined_head(tokens: Sequence[str], at: int) -> Sequence[str]:
    """Return the lines over which one cell of a header is broken, nothing if there are none."""
    if before_explanation(tokens[at][:_LONGEST]) in _WHOLE_HEADS:
        return ()
    for count in range(2, _WRAPPED + 1):
        pieces = tokens[at : at + count]
        if len(pieces) == count and before_explanation("".join(pieces)[:_LONGEST]) in _WHOLE_HEADS:
            return pieces
    return ()


def _labelled(tokens: Sequence[str], at: int) -> tuple[str, int] | None:
    """Return the label that begins at a token and where its numbers begin, None without one."""
    for count in range(1, _WRAPPED + 1):
        end = at + count
        if end >= len(tokens) or _is_value(tokens[end - 1]):
            return None
        first, last = tokens[at], tokens[end - 1]
        if count > 1 and (_is_head(first) or find_group(first) or _is_label(last)):
            return None
        if count > 1 and _NUMBERED.match(normalize_text(last)):
            return None  # another label begins here
        label = "".join(tokens[at:end])
        if _is_value(tokens[end]) and _is_label(label) and (count == 1 or _is_whole(label)):
            return label, end
    return None


@dataclass(slots=True)
class _CellLines:
    """One pass over the cells of a text."""

    tokens: Sequence[str]
    ends: set[int]  # where a line of the text ends
    blocks: list[Block] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    is_litigation: bool = False  # whether the header is that of section four

    def read(self) -> None:
        at = 0
        while at < len(self.tokens):
            at = self._step(at)
        self._close()

    def _step(self, at: int) -> int:
        token = self.tokens[at]
        torn = self.is_litigation and _TORN.fullmatch(normalize_text(token))
        row = None if torn else _labelled(self.tokens, at)
        if row is not None:
            label, start = row
            return self._row(_cells(label), start)
        if self.rows or self.header:
            if _is_value(token):
                return self._row([], at)
            if find_group(token) or "办理结果" in token:
                self._end_header()
                self.rows.append([token])
                return at + 1
        if joined := _joined_head(self.tokens, at):
            self._head("".join(joined))
            return at + len(joined)
        if self._is_header(token):
            self._head(token)
        else:
            self._close()
            self.blocks.append(Paragraph(token))
        return at + 1

    def _row(self, cells: list[str], at: int) -> int:
        self._end_header()
        named, start, full, lines = bool(cells), at, False, 0
        while at < len(self.tokens) and _is_value(self.tokens[at]):
            cells.append(self.tokens[at])
            at += 1
            if at in self.ends:
                full = full or at - start > 1
                start, lines = at, lines + 1
        if named and full and lines > 1:
            # numbers below numbers are ends of wrapped ones, or of another row
            cells.append(UNREADABLE)
        self.rows.append(cells)
        return at

    def _is_header(self, token: str) -> bool:
        text = normalize_text(token)
        if text in HEADER_PIECES:
            return bool(self.header)
        return _is_head(token) or bool(self.is_litigation and _TORN.fullmatch(text))

    def _head(self, token: str) -> None:
        """Add a cell of the header; 总计 of the applicants spans rows and so comes too early."""
        text = normalize_text(token)
        last = len(_APPLICANTS)
        spanned = any(self._order(other) == last for other in self.header)
        below = (
            spanned and self._order(text) != last and (self._order(text) or text in HEADER_PIECES)
        )
        if "第二十条第" in text or below:
            self._end_header()
        self.is_litigation = self.is_litigation or any(
            word in text for word in (*LITIGATION_HEADERS, *LITIGATION_RESULTS)
        )
        self.header.append(token)

    def _order(self, text: str) -> int:
        """Return the place of an applicant in the form, 0 for other words."""
        if self.is_litigation:
            return 0
        bare = normalize_text(text)
        return next((n for n, words in enumerate(_APPLICANTS, 1) if bare in words), 0)

    def _end_header(self) -> None:
        if self.header:
            self.rows.append(self.header)
        self.header, self.is_litigation = [], False

    def _close(self) -> None:
        """End the grid, because text that is not of the form follows."""
        self._end_header()
        if self.rows:
            self.blocks.append(
                Grid(tuple(tuple(GridCell(text) for text in row) for row in self.rows))
            )
        self.rows = []
