"""The parts of a form: rows and columns as data, in the order of the printed form.

The keys are those of the public data contract and never change their meaning. `zh` is a label as
the form prints it; the English label is the text `text_key` of the catalogue `extract.po`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gongkai.catalogue import text
from gongkai.messages import Message


class Labelled:
    """A part of a form with a label in both languages."""

    __slots__ = ()

    text_key: str

    @property
    def label(self) -> Message:
        """The label, to be shown in the language of the reader."""
        return Message(self.text_key)

    @property
    def en(self) -> str:
        """The label in English."""
        return text("en", self.text_key)


@dataclass(frozen=True, slots=True)
class Item(Labelled):
    """One row of a form. `group` is the heading above it, as the form prints it.

    `words` has alternatives: a label means this row if it contains all words of one of them.
    """

    key: str
    zh: str
    text_key: str
    group: str = ""
    words: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Column(Labelled):
    """One column of a form, recognised by any of `words` in its header.

    `unit` is the unit of an amount of money, "" for a count.
    """

    key: str
    zh: str
    text_key: str
    words: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Disclosure(Labelled):
    """One printed row of section two: its label, the paragraph of article 20, its value columns."""

    zh: str
    text_key: str
    article: str
    words: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Two sums of keys (of rows or columns), `left` and `right`, which the form declares equal."""

    rule: str
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One official layout of the report. There is one object of each, compared by identity.

    `part` is the table of the data contract that holds section two.
    """

    id: Literal["2021", "2019"]
    basis: str
    part: str
    disclosures: tuple[Disclosure, ...]
    items: tuple[Item, ...]
    applicants: tuple[Column, ...]
    proceedings: tuple[Item, ...]
    results: tuple[Column, ...]
    identities: tuple[Identity, ...]

    @property
    def disclosure_keys(self) -> tuple[str, ...]:
        """The keys of section two, in printed order."""
        return tuple(column.key for row in self.disclosures for column in row.columns)


SECTIONS = (
    (1, "一、总体情况"),
    (2, "二、主动公开政府信息情况"),
    (3, "三、收到和处理政府信息公开申请情况"),
    (4, "四、政府信息公开行政复议、行政诉讼情况"),
    (5, "五、存在的主要问题及改进情况"),
    (6, "六、其他需要报告的事项"),
)
"""The six sections of both layouts: number and heading."""


def section_label(number: int) -> Message:
    """Return the heading of a section (1 to 6) in the language of the reader."""
    return Message(f"form.section.{number}")
