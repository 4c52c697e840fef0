"""Labels of the codes in the archive's columns, as pages show them."""

from __future__ import annotations

from gongkai.archive.codebook.code_lists import (
    APPLICANTS,
    CODES,
    DISCLOSURE,
    ITEMS,
    PARTS,
    PROCEEDINGS,
    RESULTS,
    SECTION_NUMBERS,
    VERDICTS,
)
from gongkai.catalogue import Language

__all__ = [
    "CODES",
    "ITEMS",
    "PROCEEDINGS",
    "RESULTS",
    "VERDICTS",
    "code_label",
    "scope_label",
]


def code_label(column: str, value: object, lang: Language) -> str:
    """Return the label of a code in a language, or the value itself where it has no label."""
    label = CODES.get(column, {}).get(str(value))
    if label is None:
        return "" if value is None else str(value)
    return label(lang)


def scope_label(scope: str, lang: Language) -> str:
    """Return the label of a check's scope: a column, row, proceeding, table or section."""
    for labels in (PROCEEDINGS, APPLICANTS, ITEMS, DISCLOSURE, PARTS, SECTION_NUMBERS):
        if scope in labels:
            return labels[scope](lang)
    return scope
