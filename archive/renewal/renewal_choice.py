"""Whether a publication is made from the last one, or anew, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gongkai.archive.errors import RenewalImpossibleError
from gongkai.archive.renewal.archive_state import ArchiveState, program_digest
from gongkai.archive.renewal.file_copy import FileMark
from gongkai.archive.renewal.renewed_file import LastFile
from gongkai.archive.renewal.table_scopes import COMPUTED, COPIED, COUNTED_VIEWS, UNCHANGING
from gongkai.archive.renewal.turns import FULL_EVERY

DAMAGES = frozenset(
    {
        *("files_other_rows", "full_damaged", "full_file_differs", "full_part_differs"),
        *("full_reference_lost", "full_rows_differ"),
    }
)
"""Reasons that a person has to know, because what is published is damaged."""


def last_file(
    database: Path,
    manifest: Mapping[str, Any] | None,
    libraries: Mapping[str, str],
    *,
    is_full: bool = False,
    full_every: int = FULL_EVERY,
) -> LastFile:
    """Return the public file that the next can be made from; `libraries` are the versions in use.

    Raises:
        RenewalImpossibleError: there is none, or a person or the calendar asks for a new one.
    """
    if manifest is None:
        raise RenewalImpossibleError("full_first")
    if is_full:
        raise RenewalImpossibleError("full_asked")
    state, rows = ArchiveState.of(manifest), manifest.get("rows", {})
    is_same = manifest.get("program") == program_digest() and manifest.get("made_with") == libraries
    if state is None or not is_same or _has_other_tables(rows):
        raise RenewalImpossibleError("full_other_program")
    if renewals(manifest) + 1 >= full_every:
        raise RenewalImpossibleError("full_due", n=full_every)
    mark = FileMark.read(manifest.get("file_mark"))
    return LastFile(database, str(manifest["sha256"]), state, rows, mark)


def renewals(manifest: Mapping[str, Any]) -> int:
    """Return how many publications in a row were made from the one before, this one included."""
    found = manifest.get("renewals", 0)
    return found if isinstance(found, int) else 0


def _has_other_tables(rows: Mapping[str, int]) -> bool:
    return set(rows) != {*COPIED, *COMPUTED, *COUNTED_VIEWS, *UNCHANGING}
