"""What an operator states about agencies that follow each other: a CSV file that wins over every rule.

Columns: from, to, year, kind, note. An agency is named by its id or, where one agency alone has it, by its
full name. Kind is renamed, merged, split, new (without from), ended (without to), or none: there was no such
change; none without to denies every change of the body.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from gongkai.archive.errors import ArchiveError
from gongkai.archive.lineage.bodies import Stated, StatedKind
from gongkai.archive.lineage.name_changes import ChangeKind

COLUMNS = ("from", "to", "year", "kind")
_KINDS: Mapping[str, StatedKind] = {kind: kind for kind in (*get_args(ChangeKind), "none")}
_MOST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of the file. `old` and `new` are ids or names, "" where there is none; `year` 0 for none."""

    old: str
    new: str
    year: int
    kind: StatedKind
    line: int


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """Return the lines of an operator's file.

    Raises:
        ArchiveError: the file cannot be read, or a line of it is wrong.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ArchiveError("lineage_file_large", path=str(path))
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise ArchiveError("lineage_file_unreadable", path=str(path)) from problem
    return tuple(_correction(path, number, row) for number, row in enumerate(rows, 2))


def _correction(path: Path, number: int, row: Mapping[str | None, str | None]) -> Correction:
    old, new, year, given = ((row.get(name) or "").strip() for name in COLUMNS)
    kind = _KINDS.get(given)
    is_complete = {"new": bool(new) and not old, "ended": bool(old) and not new, "none": bool(old)}
    if kind is None or not is_complete.get(kind, bool(old) and bool(new)):
        raise ArchiveError("lineage_line_wrong", path=str(path), line=number)
    if kind == "none":
        return Correction(old, new, 0, kind, number)
    if not (year.isascii() and year.isdecimal() and len(year) == 4 and 2000 <= int(year) <= 2100):
        raise ArchiveError("lineage_year_wrong", path=str(path), line=number)
    return Correction(old, new, int(year), kind, number)


def resolved(
    corrections: Sequence[Correction], agencies: Iterable[tuple[str, str]]
) -> tuple[list[Stated], list[Correction]]:
    """Return the corrections with the ids of their agencies, and those that name none or several.

    `agencies` are pairs of id and name.
    """
    by_name: dict[str, set[str]] = defaultdict(set)
    for key, name in agencies:
        by_name[key].add(key)
        by_name[name].add(key)
    found: list[Stated] = []
    unknown: list[Correction] = []
    for each in corrections:
        ids = [by_name.get(name, set()) if name else {""} for name in (each.old, each.new)]
        if any(len(one) != 1 for one in ids):
            unknown.append(each)
            continue
        ((old,), (new,)) = ids
        source = f"line {each.line}"
        found.append(Stated(old, new, each.year, each.kind, "operator", source))
    return found, unknown
