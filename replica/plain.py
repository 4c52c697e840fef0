"""A report as plain text, laid out like the seeds: paragraphs, and tables with tabs between cells."""

from __future__ import annotations

from gongkai.replica.content import Report
from gongkai.replica.cutting import occupied
from gongkai.replica.form import Grid
from gongkai.replica.markup import grids


def report_text(report: Report, cuts: bool = False) -> str:
    """Return the whole report; with `cuts` its tables are torn as PDF converters leave them."""
    parts = [*report.heading, *map(_unmarked, report.preface)]
    for section in report.sections:
        parts += [section.heading, *map(_unmarked, section.paragraphs)]
        parts += [_rows(table) for table in grids(report, section, cuts)]
    return "\n\n".join(parts) + "\n"


def _unmarked(paragraph: str) -> str:
    return paragraph.replace("**", "")


def _rows(table: Grid) -> str:
    """One line a row; a column that a spanning cell covers is left empty."""
    width = sum(cell.cols for cell in table[0])
    lines = []
    for row in occupied(table):
        cells = [""] * width
        for column, cell in row:
            cells[column] = cell.text.replace("|", " ")
        lines.append("\t".join(cells))
    return "\n".join(lines)
