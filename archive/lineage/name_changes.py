"""The changes of local bodies since 2008, by the words of their names: `name_changes.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

ChangeKind = Literal["renamed", "merged", "split", "new", "ended"]
"""What became of a body. See `name_changes.toml`; `split`: several bodies follow one."""

_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_UNSPOKEN = re.compile(r"[和与及、]")
_ENDING = re.compile(r"(?:委员会|办公室|办公厅|局|厅|委|办)$")
_TOWN = re.compile(r"(?:乡|镇|街道|苏木)(?:人民政府|办事处)$")


@dataclass(frozen=True, slots=True)
class NameChange:
    """One kind of change; `old`, `new` and `main` are names as `name_words` returns them.

    `first` and `last` are the years in which local bodies changed. `joins` tells that the new name is
    older than the change. `source` is the address of a page where the change was met, or a plan.
    """

    old: frozenset[str]
    new: frozenset[str]
    kind: ChangeKind
    main: frozenset[str]
    first: int
    last: int
    joins: bool
    source: str


@cache
def name_changes() -> tuple[NameChange, ...]:
    """Return the changes in the order of their file."""
    text = files("gongkai.archive.lineage").joinpath("name_changes.toml").read_text("utf-8")
    return tuple(
        NameChange(
            old=frozenset(each["old"]),
            new=frozenset(each["new"]),
            kind=each["kind"],
            main=frozenset(each.get("main", each["old"])),
            first=each["years"][0],
            last=each["years"][1],
            joins=each.get("joins", False),
            source=each["source"],
        )
        for each in tomllib.loads(text)["change"]
    )


def name_words(own_name: str) -> str:
    """Return what stays of a name when the kind of its body changes: neither ending nor 和.

    `own_name` is the name without the division in front of it.

    >>> name_words("卫生和计划生育委员会"), name_words("卫生健康局（中医药管理局）")
    ('卫生计划生育', '卫生健康')
    >>> name_words("龙嘉镇人民政府"), name_words("龙嘉街道办事处")
    ('龙嘉', '龙嘉')
    """
    bare = _BRACKETS.sub("", own_name)
    ending = _TOWN if _TOWN.search(bare) else _ENDING
    return _UNSPOKEN.sub("", ending.sub("", bare))
