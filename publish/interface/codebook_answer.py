"""The shape of the codebook, which has both languages in one answer."""

from __future__ import annotations

from gongkai.catalogue import Language
from gongkai.publish.interface.shapes import FLAG, TEXT, Shape, by_key, own, record, rows, said

_TEXTS: Shape = record({"zh": TEXT, "en": TEXT})


def codebook_answer(lang: Language) -> Shape:
    """Return the shape, with descriptions in a language."""
    defined = rows(record(own(lang, id=TEXT, titles=_TEXTS, definitions=_TEXTS)))
    return record(
        own(
            lang,
            titles=_TEXTS,
            descriptions=_TEXTS,
            universe=_TEXTS,
            tables=rows(_table(lang)),
            variables=rows(_variable(lang)),
            measures=defined,
            rules=defined,
            code_lists=by_key(rows(_code(lang))),
            missing=rows(record(own(lang, kind=TEXT, formats=by_key(_TEXTS)))),
        )
    )


def _code(lang: Language) -> Shape:
    return record(own(lang, code=TEXT, labels=_TEXTS))


def _table(lang: Language) -> Shape:
    column = own(
        lang,
        name=TEXT,
        type=TEXT,
        titles=_TEXTS,
        descriptions=_TEXTS,
        unit=TEXT,
        codes=rows(_code(lang)),
        missing=TEXT,
        refers_to=TEXT,
    )
    return record(
        own(
            lang,
            name=TEXT,
            titles=_TEXTS,
            universe=_TEXTS,
            columns=rows(record(column)),
            key=rows(TEXT),
            is_file=FLAG,
        )
    )


def _variable(lang: Language) -> Shape:
    cells = {"cells": said(lang, "cells_of_variable", by_key(TEXT))}
    return record(own(lang, name=TEXT, titles=_TEXTS, unit=TEXT, pools=FLAG, why=_TEXTS) | cells)
