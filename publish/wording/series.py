"""The names of series: groups of reports of which none contains another."""

from __future__ import annotations

from gongkai.catalogue import Language
from gongkai.publish.wording.codes import code_label


def series_title(series: str, lang: Language) -> str:
    """Return whose reports a series has, such as "Governments (county)"."""
    return code_label("series", series, lang)
