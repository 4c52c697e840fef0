"""Rows of a table as lines of CSV, and the variant for Excel, made from these lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import cast

from gongkai.archive.store.csv_formulas import LIKE_NUMBER, escape_formula

MARK = "\ufeff".encode()
"""The byte order mark by which Excel knows UTF-8."""

_END = "\r\n"
_BARE_ID = re.compile(rf"(?<![^,\r\n])(?:{LIKE_NUMBER})(?![^,\r\n])")
"""A whole cell without quotation marks that a spreadsheet takes for a number."""

_SIGNS = frozenset("=+-@＝＋－＠")


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as lines of CSV, as they are."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=_END).writerows(rows)
    return text.getvalue().encode()


def csv_columns(
    columns: Sequence[Sequence[object]], distinct: Sequence[Collection[object]], ends: Sequence[int]
) -> Iterator[bytes]:
    """Yield columns as lines of CSV, as `csv_lines` does: those up to each end, the last of which is of all.

    `distinct` has the values of each column, once. Where no value needs quotation marks, the lines are joined
    from texts that are made once for each distinct value: long tables repeat few values.
    """
    if len(columns) == 1 or any(map(_is_special, distinct)):
        rows = zip(*columns, strict=True)
        for begin, end in pairwise([0, *ends]):
            yield csv_lines(islice(rows, end - begin))
        return
    cells = [_texts(values, seen) for values, seen in zip(columns, distinct, strict=True)]
    lines = map(",".join, zip(*cells, strict=True))
    for begin, end in pairwise([0, *ends]):
        yield f"{_END.join(islice(lines, end - begin))}{_END}".encode()


def _texts(values: Sequence[object], distinct: Collection[object]) -> Iterable[str]:
    """Return the text of each value, which is made once for equal ones. 1 and 1.0 are equal, too."""
    kinds = set(map(type, distinct))
    if kinds == {str}:
        return cast("Sequence[str]", values)
    if kinds & {int, float} and float in set(map(type, values)):
        return ["" if value is None else str(value) for value in values]
    known = {value: "" if value is None else str(value) for value in distinct}
    return map(known.__getitem__, values)


def _is_special(values: Iterable[object]) -> bool:
    """Say whether one of some values has a character for which cells are quoted."""
    joined = "".join(value for value in values if isinstance(value, str))
    return any(each in joined for each in '",\r\n')


def escaped_column(values: Sequence[object], distinct: Iterable[object]) -> Sequence[object]:
    """Return a column in which no text is a formula. `distinct` has each of its values once.

    Few columns have such texts: most are told by how their values begin.
    """
    starts = {value[:1] for value in distinct if isinstance(value, str)}
    if not any(start in _SIGNS or start.isspace() or start == "\0" for start in starts):
        return values
    return [escape_formula(value) for value in values]


def excel_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines of CSV as a spreadsheet keeps them: ids that look like numbers are quoted.

    The blocks begin and end anywhere. What stands between quotation marks is a text with a comma, a
    quotation mark or a line break, and no id.
    """
    rest = b""
    for block in blocks:
        pieces = (rest + block).split(b'"')
        # a line ends outside of quotation marks, which is every second piece
        last = len(pieces) - 1 - (len(pieces) - 1) % 2
        while last >= 0 and b"\r\n" not in pieces[last]:
            last -= 2
        if last < 0:
            rest += block
            continue
        end = pieces[last].rindex(b"\r\n") + 2
        rest = b'"'.join([pieces[last][end:], *pieces[last + 1 :]])
        yield _quoted([*pieces[:last], pieces[last][:end]])
    if rest:
        yield _quoted(rest.split(b'"'))


def _quoted(pieces: Sequence[bytes]) -> bytes:
    texts = b'"'.join(pieces).decode().split('"')
    for place in range(0, len(texts), 2):
        if texts[place]:
            texts[place] = _BARE_ID.sub(r'"=""\g<0>"""', texts[place])
    return '"'.join(texts).encode()
