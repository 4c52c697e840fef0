"""A comparison as lines of a file for spreadsheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gongkai.catalogue import Language, text
from gongkai.publish.http.paths import path_segment
from gongkai.publish.pages.places.comparison_page import Comparison, Line
from gongkai.publish.wording.measures import Measure
from gongkai.publish.wording.series import series_title

COLUMNS = (
    *("kind", "id", "name", "region", "year"),
    *("measure", "value", "numerator", "n", "reports", "series"),
)
"""The columns. Their headers are the texts `comparison_head.NAME`."""

CODE_COLUMNS = ("kind", "measure", "series")
"""The columns whose codes stand at the end of a line. Their headers are the texts `comparison_code.NAME`."""


def comparison_lines(
    found: Comparison, lang: Language, address: Callable[[str], str]
) -> Iterator[Sequence[object]]:
    """Yield a header, and a line for each agency or series of a region, each measure and each year.

    Kinds, measures and series are words of `lang`; their codes stand at the end, behind the address of
    the page of the agency or region, made by `address` from a path of the site.
    """
    heads = (text(lang, f"comparison_head.{name}") for name in COLUMNS)
    codes = (text(lang, f"comparison_code.{name}") for name in CODE_COLUMNS)
    yield [*heads, text(lang, "csv_link"), *codes]
    for line in found.lines:
        subject = line.subject
        link = address(f"/{subject.kind}/{path_segment(subject.id)}")
        for measure in found.measures:
            for year in found.years:
                yield [
                    *(text(lang, subject.kind), subject.id, subject.name, subject.place, year),
                    *_figures(found, line, measure, year, lang),
                    series_title(line.series, lang) if line.series else None,
                    *(link, subject.kind, measure.key, line.series or None),
                ]


def _figures(
    found: Comparison, line: Line, measure: Measure, year: int, lang: Language
) -> Sequence[object]:
    value = found.value_of(line, measure.key, year)
    number = found.shown_number(value)
    return [
        *(measure.title(lang), number),
        *(value.part, value.n if measure.is_rate else None, value.reports),
    ]
