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

    `label` is the column that names a row, and `leads_to` the table and the column whose row that
    name leads to, where it is not the row itself; `quiet` are columns that table pages leave out, though
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
    leads_to: tuple[str, str] = ("", "")

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


REPORT_ID = Entry("报告", "Report", "所属报告的编号", "id of the report")
DIGEST = Entry("指纹", "Digest", "文档内容的 SHA-256 校验值", "SHA-256 of the document's bytes")
URL = Entry("原网址", "Address", "在政府网站上的原始地址", "address on the government site")
SEEN = {
    "first_seen": Entry("首次见到", "First seen", "首次采集到的时间（UTC）", "UTC"),
    "last_seen": Entry("最近见到", "Last seen", "最近一次采集到的时间（UTC）", "UTC"),
}
"""Columns that many tables have."""
