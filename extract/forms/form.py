"""What a form is: rows and columns as data, in the order of the printed form.

The keys are those of the public data contract and never change meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a form. `group` is the heading it stands under, as the form prints it.

    `words` are alternatives: a label is this row's if it contains all words of one of them.
    """

    key: str
    zh: str
    en: str
    group: str = ""
    words: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form, recognised by any of `words` in its header."""

    key: str
    zh: str
    en: str
    words: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One printed row of section two: its label, the paragraph of article 20, its value columns."""

    zh: str
    en: str
    article: str
    words: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """`left` and `right` are sums of row (or column) keys that the form says are equal."""

    rule: str
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One official layout of the report. There is one object of each: compared by identity."""

    id: Literal["2021", "2019"]
    basis: str
    part: str  # table of the data contract that holds section two
    active: tuple[Disclosure, ...]
    items: tuple[Item, ...]
    applicants: tuple[Column, ...]
    proceedings: tuple[Item, ...]
    results: tuple[Column, ...]
    identities: tuple[Identity, ...]

    @property
    def active_keys(self) -> tuple[str, ...]:
        """Keys of section two, in printed order."""
        return tuple(column.key for row in self.active for column in row.columns)


SECTIONS = (
    (1, "一、总体情况", "General situation"),
    (2, "二、主动公开政府信息情况", "Proactive disclosure"),
    (3, "三、收到和处理政府信息公开申请情况", "Requests received and handled"),
    (4, "四、政府信息公开行政复议、行政诉讼情况", "Administrative review and litigation"),
    (5, "五、存在的主要问题及改进情况", "Problems and improvement"),
    (6, "六、其他需要报告的事项", "Other matters"),
)
"""The six sections of both layouts: number, heading, English name."""
