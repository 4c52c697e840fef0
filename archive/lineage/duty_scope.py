"""For which agencies it is computed anew who owes reports, and who follows whom.

What an agency owes depends on what is known of its division, and of the divisions that share bodies with it:
those that it followed or that followed it, those that a report or a link joins to it, and those below a portal
whose tree names towns, which may lie in any of them.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from gongkai.archive.store.ids import UNKNOWN_REGION
from gongkai.extract.chinese.divisions import former_regions

_RENAMED = """
SELECT DISTINCT substr(report_id, 1, 6), substr(old_id, 1, 6), substr(new_id, 1, 6) FROM renamings
WHERE substr(old_id, 1, 6) <> substr(new_id, 1, 6) OR substr(old_id, 1, 6) <> substr(report_id, 1, 6)
"""
_LINKED = """
SELECT from_id, to_id FROM agency_links WHERE from_id >= ?1 AND from_id < ?2
UNION SELECT from_id, to_id FROM agency_links WHERE to_id >= ?1 AND to_id < ?2
"""


@dataclass(frozen=True, slots=True)
class DutyScope:
    """Agencies of divisions, and others by their ids; without divisions, all agencies there are."""

    codes: frozenset[str] | None = None
    ids: frozenset[str] = frozenset()

    @property
    def is_everything(self) -> bool:
        """Whether it has all agencies."""
        return self.codes is None

    def holds(self, agency_id: str) -> bool:
        """Return whether it has an agency."""
        return self.holds_division(division_of(agency_id)) or agency_id in self.ids

    def holds_division(self, code: str) -> bool:
        """Return whether it has the agencies of a division."""
        return self.codes is None or code in self.codes

    def agencies(self, conn: sqlite3.Connection) -> Collection[str] | None:
        """Return the ids of its agencies in an archive, None for all."""
        if self.codes is None:
            return None
        found = set(self.ids)
        for code in sorted(self.codes):
            rows = conn.execute("SELECT id FROM agencies WHERE id >= ? AND id < ?", _ids_of(code))
            found |= {key for (key,) in rows}
        return found


EVERYTHING = DutyScope()


def scope_of(
    conn: sqlite3.Connection,
    agencies: Iterable[str],
    divisions: Iterable[str],
    sharing: Callable[[str], Collection[str]],
) -> DutyScope:
    """Return what has to be computed where agencies changed, and the trees of divisions.

    `sharing` returns the divisions whose towns may be meant by the same names as those of a division.
    """
    keys = set(agencies)
    ids = frozenset(key for key in keys if division_of(key) == UNKNOWN_REGION)
    waiting = {*map(division_of, keys), *divisions} - {UNKNOWN_REGION}
    renamed = _renamed(conn)
    codes: set[str] = set()
    while waiting:
        codes |= waiting
        near: set[str] = set()
        for code in waiting:
            near |= {
                *_following(code),
                *renamed.get(code, ()),
                *sharing(code),
                *_linked(conn, code),
            }
        waiting = near - codes - {UNKNOWN_REGION}
    return DutyScope(frozenset(codes), ids)


def division_of(agency_id: str) -> str:
    """Return the code of the division with which the id of an agency begins.

    >>> division_of("640221-jiaoyuju-1234")
    '640221'
    """
    return agency_id.partition("-")[0]


def among(ids: Collection[str] | None, column: str) -> tuple[str, list[str]]:
    """Return a condition in SQL that a column is one of these ids, and its values; None is any."""
    if ids is None:
        return "1", []
    return f"{column} IN (SELECT value FROM json_each(?))", [json.dumps(sorted(ids))]


def _ids_of(code: str) -> tuple[str, str]:
    """Return the bounds between which the ids of a division lie."""
    return f"{code}-", f"{code}."  # the full stop is the character after the hyphen


def _linked(conn: sqlite3.Connection, code: str) -> set[str]:
    rows = conn.execute(_LINKED, _ids_of(code)).fetchall()
    return {division_of(key) for row in rows for key in row if key}


def _renamed(conn: sqlite3.Connection) -> Mapping[str, set[str]]:
    """Return the divisions that a report joins; few reports name a body of another division."""
    found: dict[str, set[str]] = defaultdict(set)
    for codes in conn.execute(_RENAMED):
        for code in codes:
            found[code] |= set(codes)
    return found


@cache
def _followers() -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for code, region in former_regions().items():
        for each in region.successors:
            found[code].add(each)
            found[each].add(code)
    return found


def _following(code: str) -> Collection[str]:
    """Return the divisions that a division followed, and those that followed it."""
    return _followers().get(code, ())
