"""Columns without meaning, which word processors leave in a grid."""

from __future__ import annotations

from dataclasses import replace

from gongkai.extract.forms import FORM_2021
from tests.extract.printed_forms import TITLE, flat, numbers, report_of
from tests.printing.matrix import Box, Style, Table, all_tables
from tests.printing.page import Markup, document, table
from tests.printing.report import distinct


def wider(row: list[Box], *places: int) -> list[Box]:
    return [replace(box, columns=box.columns + (n in places)) for n, box in enumerate(row)]


def word_table(rows: Table, columns: int) -> str:
    """As Word saves a table with misaligned columns: an empty cell for each of them at the end."""
    cells = "<td width=40 style='border:none'></td>" * columns
    last = f"<![if !supportMisalignedColumns]><tr height=0>{cells}</tr><![endif]>"
    return table(rows, Markup(cell="word")).replace("</tbody>", f"{last}</tbody>")


def test_the_last_row_that_word_writes_divides_nothing() -> None:
    """Edges in section three and four stand a sliver apart from row to row."""
    values = distinct(FORM_2021, 3)
    active, requests, (review,) = all_tables(FORM_2021, values, Style(grid="dragged"))
    review = [
        wider(review[0], 1),
        wider(review[1], 5),
        wider(review[2], 0),
        wider(review[3], 4),
    ]
    tables = [word_table(rows, 4) for rows in active]
    tables += [word_table(requests[0], 11), word_table(review, 16)]
    body = f"<h1>{TITLE['2021']}</h1><p>二、主动公开政府信息情况</p>{''.join(tables)}"
    report = report_of(document(TITLE["2021"], body, Markup(), "2025-01-20").encode())
    assert numbers(report) == {
        k: v if "." not in v else str(float(v)) for k, v in flat(values).items()
    }
    assert report.status == "complete"
