"""Short names of agencies: 工信局 for 工业和信息化局.

`short_names.csv` is a table of our own, made for this project. Its columns: the short name, the full one,
the sector, and whether the short name has this one meaning everywhere. A name may stand in several
lines.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_GOVERNMENT = "人民政府"
_SHORT_GOVERNMENT = "政府"


@cache
def full_names() -> Mapping[str, tuple[str, ...]]:
    """Return the full names by short name. Those of bureaus (局) serve departments (厅) too."""
    table = files("gongkai.archive.store.names").joinpath("short_names.csv")
    found: dict[str, dict[str, None]] = {}
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        short, full = row["short"], row["full"]
        if short == full:
            continue
        found.setdefault(short, {})[full] = None
        if short.endswith("局") and full.endswith("局"):
            found.setdefault(f"{short[:-1]}厅", {})[f"{full[:-1]}厅"] = None
    return MappingProxyType({short: tuple(full) for short, full in found.items()})


@cache
def _short_names() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for short, full in full_names().items():
        for each in full:
            found.setdefault(each, []).append(short)
    return MappingProxyType({full: tuple(short) for full, short in found.items()})


def short_names(name: str) -> tuple[str, ...]:
    """Return the short names of a body, given without the division that it belongs to.

    >>> short_names("工业和信息化局"), short_names("陶乐镇人民政府")
    (('工信局',), ('陶乐镇政府', '陶乐镇'))
    """
    found = _short_names().get(name, ())
    if not name.endswith(_GOVERNMENT):
        return found
    place = name.removesuffix(_GOVERNMENT)
    return (*found, place + _SHORT_GOVERNMENT, *([place] if place else []))
