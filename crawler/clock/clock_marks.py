"""What an operator has remarked of the clocks of runs: a file beside the originals.

The originals stay as they are. The file is part of the folder: a build on another machine reads it
too. It is JSON: `{"runs": {RUN: {"remark": "…", "marked_at": "…"}}}`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from gongkai.errors import GongkaiError
from gongkai.foreign_json import NOT_AS_EXPECTED, parse_json
from gongkai.regular_file import read_regular

MARKS_FILE = "clock-marks.json"
MAX_MARKS_BYTES = 16 << 20


class MarksError(GongkaiError, OSError):
    """The remarks on clocks cannot be read."""


@dataclass(frozen=True, slots=True)
class ClockMark:
    """The remark that the clock of a run was wrong, and when it was made (UTC, ISO)."""

    remark: str
    marked_at: str


def read_marks(folder: Path) -> dict[str, ClockMark]:
    """Return the marks by the id of the run, {} where there is no file.

    Raises:
        MarksError: The file is not one of ours.
        OSError: The file cannot be read.
    """
    path = folder / MARKS_FILE
    try:
        data = read_regular(path, MAX_MARKS_BYTES)
    except FileNotFoundError:
        return {}
    try:
        runs = parse_json(data)["runs"]
        return {
            str(run): ClockMark(str(mark["remark"]), str(mark["marked_at"]))
            for run, mark in runs.items()
        }
    except NOT_AS_EXPECTED as problem:
        raise MarksError("clock_marks_unreadable", path=str(path)) from problem


def write_marks(folder: Path, marks: Mapping[str, ClockMark]) -> None:
    """Replace the file in one step.

    Raises:
        OSError: It cannot be written.
    """
    path = folder / MARKS_FILE
    content = {"runs": {run: asdict(mark) for run, mark in sorted(marks.items())}}
    fresh = path.with_name(f".{MARKS_FILE}.{os.getpid()}")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
