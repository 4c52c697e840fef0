"""English terms of this field in a question, as reports say them in Chinese.

`english_terms.csv` is a table of our own: the English words of this site and of its glossary, and those
that translations of the regulations use.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from gongkai.archive.store.tokenizer import tokens


@cache
def terms() -> Mapping[tuple[str, ...], str]:
    """Return the Chinese words by the tokens of an English term."""
    table = files("gongkai.archive.store.names").joinpath("english_terms.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return MappingProxyType({tuple(tokens(row["english"])): row["chinese"] for row in rows})


@cache
def longest_term() -> int:
    """Return the words of the longest term."""
    return max(map(len, terms()))


def chinese_for(words: tuple[str, ...]) -> str:
    """Return what reports say for an English term, "" if it is none.

    >>> chinese_for(("administrative", "review"))
    '行政复议'
    """
    return terms().get(words, "")
