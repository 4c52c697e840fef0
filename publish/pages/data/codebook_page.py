"""The codebook as a page: all of it, or what has the words that a reader searches for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from gongkai.archive.codebook.codebook import (
    Code,
    Codebook,
    Column,
    Defined,
    Table,
    Texts,
    Variable,
)

T = TypeVar("T")

MAX_LENGTH = 60
"""Characters of the words that are searched for."""

REPEATED = ("variable", "rule", "part_2019", "part_2021")
"""Lists of codes that stand elsewhere on the page: variables, rules and the codes of `part`."""


@dataclass(frozen=True, slots=True)
class CodebookPage:
    """What the page shows of a codebook. `words` are those of the search, "" for all of it."""

    book: Codebook
    words: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing has the words."""
        book = self.book
        return not any((book.variables, book.measures, book.code_lists, book.rules, book.tables))


def codebook_page(book: Codebook, words: str) -> CodebookPage:
    """Return the page of a codebook: the entries that have all the words, in any language."""
    wanted = words.casefold().split()
    lists = {name: codes for name, codes in book.code_lists.items() if name not in REPEATED}
    shown = replace(
        book,
        variables=_found(book.variables, wanted, _of_variable),
        measures=_found(book.measures, wanted, _of_defined),
        rules=_found(book.rules, wanted, _of_defined),
        code_lists=_found_codes(lists, wanted),
        tables=_found_tables(book.tables, wanted),
    )
    return CodebookPage(shown, words)


def _found(
    entries: Iterable[T], wanted: list[str], words_of: Callable[[T], Iterable[str]]
) -> tuple[T, ...]:
    return tuple(each for each in entries if _has(wanted, words_of(each)))


def _has(wanted: list[str], words: Iterable[str]) -> bool:
    told = "\n".join(words).casefold()
    return all(word in told for word in wanted)


def _found_codes(
    lists: Mapping[str, tuple[Code, ...]], wanted: list[str]
) -> Mapping[str, tuple[Code, ...]]:
    """Return the lists with the codes that have the words; a list whose name has them is whole."""
    found = {
        name: codes if _has(wanted, [name]) else _found(codes, wanted, _of_code)
        for name, codes in lists.items()
    }
    return {name: codes for name, codes in found.items() if codes}


def _found_tables(tables: Iterable[Table], wanted: list[str]) -> tuple[Table, ...]:
    """Return the tables with the columns that have the words; a table that has them is whole."""
    found = (
        each
        if _has(wanted, [each.name, *_texts(each.titles, each.universe)])
        else replace(each, columns=_found(each.columns, wanted, _of_column))
        for each in tables
    )
    return tuple(each for each in found if each.columns)


def _of_variable(each: Variable) -> Iterable[str]:
    return (each.name, each.unit, *each.cells.values(), *_texts(each.titles, each.why))


def _of_defined(each: Defined) -> Iterable[str]:
    return (each.id, *_texts(each.titles, each.definitions))


def _of_code(each: Code) -> Iterable[str]:
    return (each.code, *_texts(each.labels))


def _of_column(each: Column) -> Iterable[str]:
    return (each.name, each.type, each.unit, *_texts(each.titles, each.descriptions))


def _texts(*several: Texts) -> Iterable[str]:
    return (text for texts in several for text in texts.values())
