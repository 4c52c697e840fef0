"""What differs between two public files, report by report, and why.

Reports are the same where their ids are, or where `forwards` leads from the one to the other. A reason
is found by the documents: one that the older file does not have is new or edited by the agency, and so is
one that the agency put back later; any other was read, or attributed, in another way then.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from gongkai.archive.releases.report_change import (
    Cell,
    CellChange,
    CellKey,
    ChangeKind,
    Reason,
    ReportChange,
)

PARTS = ("active_disclosure", "active_disclosure_2019", "requests", "review_litigation")
_CONTENT = (*PARTS, "cell_notes", "sections")

_ATTRIBUTED = {"agency_id": "r.agency_id", "year": "r.year", "agency_name": "a.name",
               "region_code": "a.region_code"}  # fmt: skip
_PRINTED = {name: f"r.{name}" for name in ("form", "title", "published_on", "covers")}
_PLACE = {name: f"r.{name}" for name in ("url", "digest")}
_FIELDS = {**_ATTRIBUTED, **_PRINTED, "status": "r.status", **_PLACE}
"""What is compared of a report besides its tables and texts, with the SQL of each."""

_PAIRS = (
    "CREATE TEMP TABLE pairs (old_id TEXT NOT NULL, new_id TEXT NOT NULL)",
    "INSERT INTO pairs SELECT o.id, n.id FROM old.reports o JOIN new.reports n ON n.id = o.id",
    "CREATE INDEX temp.pairs_by_old ON pairs(old_id)",
    "CREATE INDEX temp.pairs_by_new ON pairs(new_id)",
)
_FORWARDED = """
INSERT INTO pairs SELECT min(o.id), f.new_id FROM old.reports o
JOIN new.forwards f ON f.old_id = o.id JOIN new.reports n ON n.id = f.new_id
WHERE o.id NOT IN (SELECT id FROM new.reports) AND f.new_id NOT IN (SELECT id FROM old.reports)
GROUP BY f.new_id
"""
_OWNERS = """
CREATE TEMP TABLE {side}_owners AS SELECT digest, id AS report_id FROM {side}.reports
UNION SELECT digest, report_id FROM {side}.revisions UNION SELECT digest, report_id FROM {side}.copies
"""


class Comparison:
    """Two public files that are compared; both stay as they are."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._fields = [
            name for name, sql in _FIELDS.items() if self._has("old", *_table_and_column(sql))
        ]
        for statement in _PAIRS:
            conn.execute(statement)
        if self._has("new", "forwards"):
            conn.execute(_FORWARDED)
        for side in ("old", "new"):
            conn.execute(_OWNERS.format(side=side))
            conn.execute(f"CREATE INDEX temp.{side}_owners_by ON {side}_owners(digest)")
        self._added = self._ids("new", "new_id")
        self._removed = self._ids("old", "old_id")
        self._suspects = self._differing_pairs()

    @property
    def count(self) -> int:
        """How many reports are looked at one by one."""
        return len(self._added) + len(self._removed) + len(self._suspects)

    def changes(self) -> Iterator[ReportChange]:
        """Yield the added, changed and removed reports, each kind in the order of their ids."""
        yield from map(self._addition, self._added)
        for old, new in self._suspects:
            if change := self._change(old, new):
                yield change
        yield from map(self._removal, self._removed)

    def forwards(self) -> Iterator[dict[str, object]]:
        """Yield the rows of `forwards` that the older file does not have, by their old ids."""
        if not self._has("new", "forwards"):
            return
        known = " EXCEPT SELECT * FROM old.forwards" if self._has("old", "forwards") else ""
        found = self._conn.execute(f"SELECT * FROM (SELECT * FROM new.forwards{known}) ORDER BY 1")
        names = [name for name, *_ in found.description]
        for row in found:
            yield dict(zip(names, row, strict=True))

    def _ids(self, side: str, paired: str) -> list[str]:
        sql = f"SELECT id FROM {side}.reports EXCEPT SELECT {paired} FROM pairs ORDER BY 1"
        return [key for (key,) in self._conn.execute(sql)]

    def _differing_pairs(self) -> list[tuple[str, str]]:
        """Return the pairs of which anything that is compared differs."""
        found = set(self._conn.execute("SELECT old_id, new_id FROM pairs WHERE old_id <> new_id"))
        columns = ", ".join(_FIELDS[name] for name in self._fields)
        sides = [
            f"SELECT p.old_id, p.new_id, {columns} FROM pairs p JOIN {side}.reports r"
            f" ON r.id = p.{side}_id JOIN {side}.agencies a ON a.id = r.agency_id"
            for side in ("old", "new")
        ]
        found.update(self._differing(sides))
        for table in _CONTENT:
            if not self._has("old", table):
                continue
            # what is added to the contract later is no change of a report
            names = ", ".join(
                f"t.{name}" for name in self._columns("old", table) if name != "report_id"
            )
            sides = [
                f"SELECT p.old_id, p.new_id, {names} FROM pairs p"
                f" JOIN {side}.{table} t ON t.report_id = p.{side}_id"
                for side in ("old", "new")
            ]
            found.update(self._differing(sides))
        return sorted(found, key=lambda pair: pair[1])

    def _differing(self, sides: list[str]) -> Iterator[tuple[str, str]]:
        old, new = sides
        for one, other in ((old, new), (new, old)):
            yield from self._conn.execute(
                f"SELECT DISTINCT old_id, new_id FROM ({one} EXCEPT {other})"
            )

    def _addition(self, new: str) -> ReportChange:
        digest = str(self._report("new", new)["digest"])
        reason: Reason = "new"
        if self._knows("old", digest):
            reason = "attribution" if self._has_owner("old", digest, new) else "extraction"
        cells = tuple(
            CellChange("added", *key, None, cell, reason)
            for key, cell in self._cells("new", new).items()
        )
        return ReportChange("added", new, "", (reason,), {}, (), cells)

    def _removal(self, old: str) -> ReportChange:
        digest, now = str(self._report("old", old)["digest"]), self._forward(old)
        reason: Reason = "extraction"
        if now or self._has_owner("new", digest, old):
            reason = "attribution"
        elif not self._knows("new", digest):
            reason = "withdrawn"
        cells = tuple(
            CellChange("removed", *key, cell, None, reason)
            for key, cell in self._cells("old", old).items()
        )
        return ReportChange("removed", old, now, (reason,), {}, (), cells)

    def _change(self, old: str, new: str) -> ReportChange | None:
        before, after = self._report("old", old), self._report("new", new)
        fields = {
            name: (before[name], after[name])
            for name in self._fields
            if before[name] != after[name]
        }
        sections = self._sections(old, new)
        by_document = self._reason_of_document(
            old, new, str(before["digest"]), str(after["digest"])
        )
        cells = tuple(self._cell_changes(old, new, by_document))
        reasons = {each.reason for each in cells}
        reasons.update(self._reasons_of_fields(fields, by_document))
        if sections:
            reasons.add(by_document if by_document != "moved" else "extraction")
        if old != new:
            reasons.add("attribution")
        if not reasons:
            return None
        former = old if old != new else ""
        return ReportChange("changed", new, former, tuple(sorted(reasons)), fields, sections, cells)

    def _reason_of_document(self, old: str, new: str, was: str, now: str) -> Reason:
        """Return why a report reads otherwise, as far as its documents tell."""
        if was == now:
            return "extraction"
        since = {digest for digest, _ in self._revisions_since(old, new)}
        is_put_back = now in since and self._is_revision("old", now, old)
        if self._knows("old", now) and not is_put_back:
            return "attribution" if self._has_owner("old", now, old) else "extraction"
        return "edited" if since - {was} else "moved"

    @staticmethod
    def _reasons_of_fields(
        fields: Mapping[str, tuple[object, object]], by_document: Reason
    ) -> Iterator[Reason]:
        for name, (was, now) in fields.items():
            if name in _ATTRIBUTED:
                yield "attribution"
            elif name == "status" and "removed" in (was, now):
                yield "taken_down" if now == "removed" else "put_back"
            elif name in _PLACE:
                yield "moved" if name == "url" and by_document == "extraction" else by_document
            else:
                yield "extraction" if by_document == "moved" else by_document

    def _cell_changes(self, old: str, new: str, by_document: Reason) -> Iterator[CellChange]:
        before, after = self._cells("old", old), self._cells("new", new)
        edited = self._edited_cells(old, new) if by_document == "edited" else frozenset()
        otherwise: Reason = "extraction" if by_document in ("edited", "moved") else by_document
        for key in [*before, *(key for key in after if key not in before)]:
            was, now = before.get(key), after.get(key)
            if was == now:
                continue
            kind: ChangeKind = "added" if was is None else "removed" if now is None else "changed"
            reason: Reason = "edited" if key in edited else otherwise
            yield CellChange(kind, *key, was, now, reason)

    def _edited_cells(self, old: str, new: str) -> frozenset[CellKey]:
        """Return the cells that the agency changed since the older file."""
        seen = sorted({first_seen for _, first_seen in self._revisions_since(old, new)})
        marks = ", ".join("?" * len(seen))
        return frozenset(
            self._conn.execute(
                "SELECT part, item, field FROM new.changes"
                f" WHERE report_id = ? AND seen_at IN ({marks})",
                [new, *seen],
            )
        )

    def _revisions_since(self, old: str, new: str) -> list[tuple[str, str]]:
        """Return (digest, time of first sight) of the versions that the older file does not know.

        A version that it knows counts too where the agency put it back after that file was made.
        """
        return self._conn.execute(
            "SELECT digest, first_seen FROM new.revisions WHERE report_id = ?1 AND"
            " (digest NOT IN (SELECT digest FROM old.revisions WHERE report_id = ?2)"
            " OR first_seen > (SELECT max(last_seen) FROM old.revisions WHERE report_id = ?2))",
            [new, old],
        ).fetchall()

    def _is_revision(self, side: str, digest: str, report_id: str) -> bool:
        sql = f"SELECT 1 FROM {side}.revisions WHERE report_id = ? AND digest = ?"
        return self._conn.execute(sql, [report_id, digest]).fetchone() is not None

    def _sections(self, old: str, new: str) -> tuple[int, ...]:
        sql = "SELECT number, heading, text FROM {}.sections WHERE report_id = ?"
        before = set(self._conn.execute(sql.format("old"), [old]))
        after = set(self._conn.execute(sql.format("new"), [new]))
        return tuple(sorted({int(number) for number, *_ in before ^ after}))

    def _cells(self, side: str, report_id: str) -> dict[CellKey, Cell]:
        rows = self._conn.execute(
            f"SELECT part, item, field, value, raw FROM {side}.cells WHERE report_id = ?"
            " ORDER BY part, item, field",
            [report_id],
        )
        return {(part, item, field): Cell(value, raw) for part, item, field, value, raw in rows}

    def _report(self, side: str, report_id: str) -> dict[str, object]:
        columns = ", ".join(
            f"{sql} AS {name}" for name, sql in _FIELDS.items() if name in self._fields
        )
        found = self._conn.execute(
            f"SELECT {columns} FROM {side}.reports r JOIN {side}.agencies a ON a.id = r.agency_id"
            " WHERE r.id = ?",
            [report_id],
        )
        names = [name for name, *_ in found.description]
        return dict(zip(names, found.fetchone(), strict=True))

    def _forward(self, old: str) -> str:
        if not self._has("new", "forwards"):
            return ""
        row = self._conn.execute(
            "SELECT new_id FROM new.forwards WHERE old_id = ?", [old]
        ).fetchone()
        return str(row[0]) if row else ""

    def _knows(self, side: str, digest: str) -> bool:
        sql = f"SELECT 1 FROM {side}.documents WHERE digest = ?"
        return self._conn.execute(sql, [digest]).fetchone() is not None

    def _has_owner(self, side: str, digest: str, other_than: str) -> bool:
        sql = f"SELECT 1 FROM {side}_owners WHERE digest = ? AND report_id <> ?"
        return self._conn.execute(sql, [digest, other_than]).fetchone() is not None

    def _has(self, side: str, table: str, column: str = "") -> bool:
        names = self._columns(side, table)
        return column in names if column else bool(names)

    def _columns(self, side: str, table: str) -> list[str]:
        return [row[1] for row in self._conn.execute(f"PRAGMA {side}.table_info({table})")]


def _table_and_column(sql: str) -> tuple[str, str]:
    alias, _, column = sql.partition(".")
    return {"r": "reports", "a": "agencies"}[alias], column


@contextmanager
def compared(old: Path, new: Path) -> Iterator[Comparison]:
    """Open two public files for a comparison."""
    with closing(sqlite3.connect("", uri=True)) as conn:
        for name, path in (("old", old), ("new", new)):
            address = f"file:{quote(os.fsencode(path.absolute()))}?mode=ro&immutable=1"
            conn.execute(f"ATTACH ? AS {name}", [address])
        yield Comparison(conn)
