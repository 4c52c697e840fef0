"""The names of series: groups of reports of which none contains another."""

from __future__ import annotations

from gongkai.archive.store.measures_sql import COMPILED, GOVERNMENT
from gongkai.catalogue import Language, text
from gongkai.publish.wording.codes import code_label

UNKNOWN = "unknown"


def series_title(series: str, lang: Language) -> str:
    """Return whose reports a series has, such as "Governments (county)"."""
    if series.startswith(GOVERNMENT):
        return text(lang, "series_government", level=_level(series, GOVERNMENT, lang))
    if series.startswith(COMPILED):
        return text(lang, "series_compiled", level=_level(series, COMPILED, lang))
    return text(lang, "series_bodies")


def _level(series: str, prefix: str, lang: Language) -> str:
    level = series.removeprefix(prefix)
    return text(lang, "unknown") if level == UNKNOWN else code_label("level", level, lang)
