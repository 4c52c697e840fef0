"""The differences to the release before, as lines of JSON, and their numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from gongkai.archive.progress import Progress
from gongkai.archive.publication.compression import compressed
from gongkai.archive.releases.comparison import compared
from gongkai.archive.releases.report_change import KINDS, REASONS, ChangeKind, Reason

REPORTS, CELLS, FORWARDS = "reports.ndjson.gz", "cells.ndjson.gz", "forwards.ndjson.gz"


@dataclass(slots=True)
class ChangeCounts:
    """How many reports and cells changed, by kind and reason, and how many ids were forwarded.

    A report with several reasons is counted once for each of them, and once in `changed_reports`.
    """

    reports: Counter[tuple[ChangeKind, Reason]] = field(default_factory=Counter)
    cells: Counter[tuple[ChangeKind, Reason]] = field(default_factory=Counter)
    changed_reports: int = 0
    forwards: int = 0

    def data(self) -> Mapping[str, object]:
        """Return them as plain data, in the order of kinds and reasons."""
        return {
            "reports": _table(self.reports),
            "cells": _table(self.cells),
            "changed_reports": self.changed_reports,
            "forwarded_ids": self.forwards,
        }


def _table(counts: Counter[tuple[ChangeKind, Reason]]) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for kind in KINDS:
        for reason in REASONS:
            if n := counts[kind, reason]:
                table.setdefault(kind, {})[reason] = n
    return table


def write_delta(old: Path, new: Path, folder: Path, progress: Progress) -> ChangeCounts:
    """Write what differs between two public files into a new folder; return the numbers."""
    folder.mkdir()
    counts = ChangeCounts()
    with ExitStack() as stack:
        comparison = stack.enter_context(compared(old, new))
        reports, cells, forwards = (
            stack.enter_context(compressed(stack.enter_context((folder / name).open("wb"))))
            for name in (REPORTS, CELLS, FORWARDS)
        )
        with progress("progress_release_delta", comparison.count) as step:
            for change in comparison.changes():
                _write(reports, [change.data()])
                _write(cells, change.cell_lines())
                counts.changed_reports += 1
                counts.reports.update((change.kind, reason) for reason in change.reasons)
                counts.cells.update((each.kind, each.reason) for each in change.cells)
                step()
        for row in comparison.forwards():
            _write(forwards, [row])
            counts.forwards += 1
    return counts


def _write(file: BinaryIO, rows: Iterable[Mapping[str, object]]) -> None:
    for row in rows:
        file.write(f"{json.dumps(row, ensure_ascii=False)}\n".encode())
