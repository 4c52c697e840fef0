"""What was changed in a report between two versions, as people read it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gongkai.archive.checks.differences import Steps
from gongkai.archive.store.search import Segment
from gongkai.extract.model.report import Source
from gongkai.publish.datasette_types import Row
from gongkai.publish.http.page_budget import PageBudget
from gongkai.publish.http.paths import change_path
from gongkai.publish.pages.report.differences import (
    PAGE_STEPS,
    Change,
    load_changes,
    mark_changes,
)
from gongkai.publish.pages.report.originals import Original, find_original
from gongkai.publish.rendering.compared_documents import ComparedDocuments, ComparedLine, Marks
from gongkai.publish.rendering.rendering_box import RenderingBox
from gongkai.publish.rendering.shown_document import Kind, ShownDocument

WIDEST = 60
"""Columns of a table that are drawn."""


@dataclass(frozen=True, slots=True)
class ChangeSheet:
    """Two versions of a report that follow each other, and the list of what was changed.

    `before` and `after` are their documents, None where the archive has none.
    """

    report: Row
    agency: Row
    change: Change
    before: Original | None
    after: Original | None

    @property
    def path(self) -> str:
        """The path of the sheet below the base of the site."""
        return change_path(str(self.report["id"]), self.change.seen_at)


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell as it is drawn: empty space before it (columns), and its text before and after."""

    gap: int
    columns: int
    old: tuple[Segment, ...]
    new: tuple[Segment, ...]
    is_changed: bool


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A paragraph (one cell) or a row. `state` is same, changed, old or new."""

    state: str
    cells: tuple[DrawnCell, ...]


@dataclass(frozen=True, slots=True)
class DrawnBlock:
    """Paragraphs, or the rows of one table."""

    is_table: bool
    lines: tuple[DrawnLine, ...]


@dataclass(frozen=True, slots=True)
class DrawnChange:
    """The merged page, and of which kind each version is shown."""

    blocks: tuple[DrawnBlock, ...]
    changes: int
    compared: ComparedDocuments
    kinds: tuple[Kind, Kind]

    @property
    def marks(self) -> tuple[Marks, Marks]:
        """The changed cells of both versions."""
        return self.compared.old, self.compared.new


def load_change_sheet(conn: sqlite3.Connection, report_id: str, seen_at: str) -> ChangeSheet | None:
    """Return the change of a report that was first seen at a time, None if there is none."""
    report = conn.execute("SELECT * FROM reports WHERE id = ?", (report_id,)).fetchone()
    found = load_changes(conn, report_id, PageBudget(), seen_at) if report else ()
    if report is None or not found:
        return None
    return ChangeSheet(
        report,
        conn.execute("SELECT * FROM agencies WHERE id = ?", (report["agency_id"],)).fetchone(),
        found[0],
        find_original(conn, _digest_of(conn, report_id, "first_seen < ?", seen_at)),
        find_original(conn, _digest_of(conn, report_id, "first_seen <= ?", seen_at)),
    )


def _digest_of(
    conn: sqlite3.Connection, report_id: str, condition: str, seen_at: str
) -> str | None:
    """Return the digest of the last version that satisfies a condition on a time."""
    row = conn.execute(
        f"SELECT digest FROM revisions WHERE report_id = ? AND {condition}"
        " ORDER BY first_seen DESC LIMIT 1",
        (report_id, seen_at),
    ).fetchone()
    return str(row["digest"]) if row else None


def draw_change(
    box: RenderingBox, sheet: ChangeSheet, bodies: tuple[bytes, bytes]
) -> DrawnChange | None:
    """Return the versions of a sheet compared, None if they cannot be.

    Raises:
        CannotRender: the sandbox gave no result
    """
    before, after = bodies
    compared = box.compare((before, _source(sheet.before)), (after, _source(sheet.after)))
    if compared is None:
        return None
    kinds = (
        show_version(box, sheet.before, before).kind,
        show_version(box, sheet.after, after).kind,
    )
    return DrawnChange(tuple(_blocks(compared.lines)), compared.changes, compared, kinds)


def show_version(box: RenderingBox, original: Original | None, body: bytes) -> ShownDocument:
    """Return how the document of a version is shown.

    Raises:
        CannotRender: the sandbox gave no result
    """
    return box.show(body, _source(original))


def _source(original: Original | None) -> Source:
    return Source(media_type=original.media_type if original else "", second_reading="off")


def _blocks(lines: Sequence[ComparedLine]) -> Iterator[DrawnBlock]:
    """Yield the lines as paragraphs and tables. A row of the old version joins the table it follows."""
    steps = Steps(PAGE_STEPS)
    block: list[DrawnLine] = []
    table = 0
    for line in lines:
        joins = bool(line.table) == bool(table) and (
            line.state == "old" or line.table == table or not block
        )
        if not joins and block:
            yield DrawnBlock(bool(table), tuple(block))
            block = []
        if line.state != "old" or not block:
            table = line.table
        block.append(_draw(line, steps))
    if block:
        yield DrawnBlock(bool(table), tuple(block))


def _draw(line: ComparedLine, steps: Steps) -> DrawnLine:
    cells = []
    at = 0
    for cell in line.cells:
        gap = max(0, min(cell.column, WIDEST) - at) if cell.column >= 0 else 0
        old, new = mark_changes(cell.old, cell.new, steps)
        if line.table and cell.is_changed:  # in a cell a figure is marked as a whole
            old, new = ((Segment(text, hit=True),) for text in (cell.old, cell.new))
        cells.append(DrawnCell(gap, min(cell.columns, WIDEST), old, new, cell.is_changed))
        at = (cell.column if cell.column >= 0 else at) + cell.columns
    return DrawnLine(line.state, tuple(cells))
