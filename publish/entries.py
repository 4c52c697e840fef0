"""The shape of an entry in the data dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A column: its label and, where the label does not say all, a note."""

    zh: str
    en: str
    note_zh: str = ""
    note_en: str = ""

    def label(self, lang: str) -> str:
        """Return the label in `lang` ("zh" or "en")."""
        return self.en if lang == "en" else self.zh

    def note(self, lang: str) -> str:
        """Return the note in `lang`, "" where there is none."""
        return self.note_en if lang == "en" else self.note_zh


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A table or view: its names, what a row is, its columns, and how it is browsed.

    `label` is the column that names a row; `quiet` are columns that table pages leave out, though
    not the downloads: keys and digests that people do not read.
    """

    name: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    columns: Mapping[str, Entry]
    facets: tuple[str | dict[str, str], ...] = ()
    label: str = ""
    sort_desc: str = ""
    quiet: tuple[str, ...] = ()

    def title(self, lang: str) -> str:
        """Return the table's name in `lang`."""
        return self.en if lang == "en" else self.zh

    def about(self, lang: str) -> str:
        """Return what one row is, in `lang`."""
        return self.about_en if lang == "en" else self.about_zh


def entries(**columns: Entry | tuple[str, ...]) -> dict[str, Entry]:
    """Return entries from (zh, en[, note_zh, note_en]) tuples, keeping their order."""
    return {
        name: value if isinstance(value, Entry) else Entry(*value)
        for name, value in columns.items()
    }
