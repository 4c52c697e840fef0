"""Which year a row of a table belongs to: that which its report is about.

Files for download and digests of content are divided by it.
"""

from __future__ import annotations

from gongkai.archive.codebook.table_schema import TableSchema

REPORT_YEAR = "(SELECT r.year FROM reports r WHERE r.id = report_id)"


def year_sql(table: TableSchema) -> str:
    """Return SQL for the year of a row, "" for a table whose rows have none.

    It is the column `year` where that is part of a key, as in `coverage`, else the year of the report
    where each row is of one. A link between agencies has a year too, which is that of a reform.
    """
    if any("year" in key for key in (table.primary_key, *table.unique_keys)):
        return "year"
    if is_of_reports(table):
        return "year" if "year" in table.fields else REPORT_YEAR
    return ""


def row_order(table: TableSchema) -> tuple[str, ...]:
    """Return the columns by which the rows of a file are sorted: by report where they are of reports."""
    key = table.primary_key or table.unique_keys[0]
    if not is_of_reports(table):
        return key
    return ("report_id", *(name for name in key if name != "report_id"))


def is_of_reports(table: TableSchema) -> bool:
    """Return whether each row of a table belongs to a report, so that it is read report by report."""
    column = table.fields.get("report_id")
    return column is not None and not column.is_nullable
