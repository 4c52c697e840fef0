"""A page of failed checks, of changes or of coverage as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from gongkai.publish.datasette_types import Row
from gongkai.publish.http.page_links import page_links
from gongkai.publish.http.paths import change_path, path_segment
from gongkai.publish.pages.lists.changes_list import ChangeEvent
from gongkai.publish.pages.lists.checks_list import ListedCheck
from gongkai.publish.pages.lists.listing import ListPage
from gongkai.publish.pages.report.report_export import changed_parts

Address = Callable[[str], str]
"""Returns the address of a path of the site."""

Record = dict[str, Any]


def list_data(
    page: ListPage, name: str, records: Iterable[Record], address: Address
) -> dict[str, Any]:
    """Return a page with links to those around it. `name` is that of the list and its address.

    `is_cut` means that not all rows can be had by following the links, or not all in full: the
    downloads have all. `is_more` means that there are more rows than `total`; then no facet is counted.
    """
    query = page.query
    links = page_links(
        query.page,
        page.pages,
        lambda number: address(f"/{name}.json?{query.query_string(number)}".rstrip("?")),
    )
    return {
        "chosen": {**query.chosen, **query.filters},
        "sort": query.sort,
        "total": page.total,
        "size": query.size,
        "page": query.page,
        "pages": page.pages,
        "is_cut": page.is_cut or page.is_more or page.total > page.pages * query.size,
        "is_more": page.is_more,
        "links": links,
        "facets": {
            each.name: [{"value": value, "count": count} for value, _, count in each.choices]
            for each in page.facets
            if not page.is_more
        },
        name: list(records),
    }


def check_record(check: ListedCheck, address: Address) -> Record:
    """Return a failed check with its report, and with what people said of it in public."""
    row = dict(check.row)
    del row["size"]  # by which it may be sorted; the values say the same
    review = asdict(check.review) if check.review else None
    return {**row, "review": review, "link": address(f"{_report_path(check.row)}#checks")}


def change_record(event: ChangeEvent, address: Address) -> Record:
    """Return an edit with what was changed, or a removal. What is left out is null."""
    row = dict(event.row)
    if row["event"] != "edited":
        return {**row, "cells": None, "passages": None, "link": address(_report_path(row))}
    parts = changed_parts(event.change) if event.change else {"cells": None, "passages": None}
    return {**row, **parts, "link": address(change_path(row["report_id"], row["seen_at"]))}


def coverage_record(row: Row, address: Address) -> Record:
    """Return a row of `coverage` with the page that says most about it."""
    path = _report_path(row) if row["report_id"] else f"/agency/{path_segment(row['agency_id'])}"
    return {**dict(row), "link": address(path)}


def _report_path(row: Row) -> str:
    return f"/report/{path_segment(row['report_id'])}"
