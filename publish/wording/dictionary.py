"""The data dictionary: what every table, view and column of the archive means, in both languages.

One source for the interface, for Datasette's metadata and for the printed dictionary. The columns
of the official forms are taken from the forms themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gongkai.publish.wording.dictionary_origin import PLACES, PROVENANCE
from gongkai.publish.wording.dictionary_reports import NUMBERS, REPORTS
from gongkai.publish.wording.dictionary_types import Entry, TableEntry
from gongkai.publish.wording.dictionary_views import VIEWS


@dataclass(frozen=True)
class Dictionary:
    """All entries by table or view name, in the order in which they are presented."""

    tables: dict[str, TableEntry] = field(default_factory=dict)

    def column(self, table: str, column: str) -> Entry | None:
        """Return what is known of a column, or None."""
        entry = self.tables.get(table)
        return entry.columns.get(column) if entry else None


def _collect(groups: Iterable[tuple[TableEntry, ...]]) -> Dictionary:
    return Dictionary({entry.name: entry for group in groups for entry in group})


DICTIONARY = _collect((REPORTS, NUMBERS, VIEWS, PLACES, PROVENANCE))
