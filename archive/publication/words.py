"""What is said about the data wherever they are handed out: the dictionary's words, the licence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class ColumnWords(Protocol):
    """What the data dictionary says of a column."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...
    @property
    def note_zh(self) -> str: ...
    @property
    def note_en(self) -> str: ...


class TableWords(Protocol):
    """What the data dictionary says of a table or view."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...
    @property
    def about_zh(self) -> str: ...
    @property
    def about_en(self) -> str: ...
    @property
    def columns(self) -> Mapping[str, ColumnWords]: ...


Dictionary = Mapping[str, TableWords]
"""Of every table and view by its name."""


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms something may be used."""

    name: str
    title: str
    path: str
    about_zh: str
    about_en: str


DATA = Licence(
    "CC-BY-4.0",
    "Creative Commons Attribution 4.0 International",
    "https://creativecommons.org/licenses/by/4.0/",
    "各机关的年度报告是依法公布的公文，本库对其不主张任何权利。本库编制的数据表按知识共享署名 4.0"
    "（CC BY 4.0）许可使用：请注明“公开 Gongkai”并附网址。程序代码采用 Apache-2.0 许可。",
    "The reports are documents that agencies publish by law; nothing is claimed in them. The tables "
    "compiled from them are offered under CC BY 4.0: name “Gongkai 公开” and link to it. The code "
    "is under Apache-2.0.",
)


def bilingual_title(words: TableWords | ColumnWords) -> str:
    """Return the name in both languages."""
    return f"{words.zh} · {words.en}"


def bilingual_note(words: ColumnWords) -> str:
    """Return what there is to say beyond a column's name, "" where nothing is."""
    return " · ".join(text for text in (words.note_zh, words.note_en) if text)


def bilingual_about(words: TableWords) -> str:
    """Return what a row is, in both languages."""
    return f"{words.about_zh} {words.about_en}"
