"""The shapes of all answers, by name. Columns are called as in the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gongkai.catalogue import Language
from gongkai.publish.http.error_codes import CODES
from gongkai.publish.interface.codebook_answer import codebook_answer
from gongkai.publish.interface.proof_answer import proof_answer
from gongkai.publish.interface.release_answer import releases_answer
from gongkai.publish.interface.shapes import (
    ADDRESS,
    COUNT,
    DAY,
    FLAG,
    INTEGER,
    NUMBER,
    TEXT,
    TIME,
    Shape,
    by_key,
    columns,
    named,
    nullable,
    own,
    record,
    rows,
    said,
)
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.measures import MEASURES

ROW = "row."
"""Begins the names of the shapes of rows; that of the table follows."""

_CHECK = ("id", "rule", "scope", "verdict", "left_value", "right_value", "message_zh", "message_en")
_CELL = ("part", "item", "field")
_TABLES = ("active_disclosure", "active_disclosure_2019", "requests", "review_litigation")
_VALUES: Shape = by_key(nullable(NUMBER))


def answer_shapes(lang: Language) -> Mapping[str, Shape]:
    """Return the shape of every answer, and of a row of every table, with descriptions in a language."""
    answers = {name: shape(lang) for name, shape in _ANSWERS.items()}
    return answers | {f"{ROW}{name}": record(columns(lang, name)) for name in tables()}


def _report(lang: Language) -> Shape:
    agency = columns(lang, "agencies") | own(lang, regions=rows(TEXT))
    return record(
        columns(lang, "reports", without=("agency_id", "checks_failed"))
        | own(
            lang,
            agency=record(agency),
            tables=record(
                {
                    "active_disclosure": _VALUES,
                    "active_disclosure_2019": _VALUES,
                    "requests": by_key(_VALUES),
                    "review_litigation": by_key(_VALUES),
                },
                optional=_TABLES,
            ),
            cell_notes=rows(record(columns(lang, "cell_notes", only=(*_CELL, "raw", "note")))),
            sections=rows(record(columns(lang, "sections", without=("report_id",)))),
            checks=rows(_check(lang)),
            changes=rows(
                record(columns(lang, "changes", only=("seen_at",)) | _changed_parts(lang))
            ),
            documents=rows(
                record(
                    columns(lang, "copies", only=("url", "digest", "first_seen", "last_seen"))
                    | own(lang, role=TEXT, current=FLAG)
                )
            ),
            is_cut=FLAG,
            as_of=DAY,
            is_edited_since=FLAG,
        ),
        optional=("is_cut", "as_of", "is_edited_since"),
    )


def _check(lang: Language) -> Shape:
    return record(columns(lang, "checks", only=_CHECK) | own(lang, review=_review(lang)))


def _review(lang: Language) -> Shape:
    return nullable(record(own(lang, verdict=TEXT, comment=TEXT, at=TIME)))


def _changed_parts(lang: Language) -> dict[str, Shape]:
    cells = record(columns(lang, "changes", only=(*_CELL, "old", "new")))
    passages = record(own(lang, section=TEXT, old=TEXT, new=TEXT))
    return own(lang, cells=rows(cells), passages=rows(passages))


def _agency(lang: Language) -> Shape:
    year = columns(
        lang, "coverage", only=("year", "status", "deadline", "published_on", "report_id")
    ) | own(lang, days_late=COUNT, link=nullable(ADDRESS))
    named = own(lang, from_name=nullable(TEXT), to_name=nullable(TEXT))
    fetched = own(lang, fetched_at=nullable(TIME))
    return record(
        columns(lang, "agencies")
        | own(
            lang,
            regions=rows(_region_name()),
            years=rows(record(year)),
            reports=rows(record(columns(lang, "report_summary"))),
            checks=rows(record(columns(lang, "checks") | columns(lang, "reports", only=("year",)))),
            duties=rows(record(columns(lang, "duties") | fetched)),
            changes=rows(record(columns(lang, "agency_links") | named)),
            links=_links("self", "page"),
            as_of=DAY,
        ),
        optional=("as_of",),
    )


def _region(lang: Language) -> Shape:
    counted = {"reports": said(lang, "reports_counted", COUNT)}
    value = record(own(lang, value=nullable(NUMBER), n=nullable(COUNT)) | counted)
    measures = record(
        {key: {**value, "description": MEASURES[key].title(lang)} for key in MEASURES}
    )
    series = rows(record(own(lang, series=TEXT, measures=measures) | counted))
    year = own(lang, year=INTEGER, due=COUNT, archived=COUNT, series=series) | {
        "coverage": said(lang, "coverage_counts", by_key(COUNT))
    }
    part = {**_region_name()["properties"], **own(lang, link=ADDRESS)}
    agency = columns(lang, "agencies", only=("id", "name", "kind")) | own(
        lang,
        region_code=nullable(TEXT),
        region=nullable(TEXT),
        years=rows(record(columns(lang, "coverage", only=("year", "status", "report_id")))),
        link=ADDRESS,
    )
    region = columns(lang, "regions")
    return record(
        region
        | own(
            lang,
            regions=rows(_region_name()),
            succeeded_by=rows(_region_name()),
            preceded_by=rows(_region_name()),
            years=rows(record(year)),
            parts=rows(record(part)),
            **_paging(),
            reporting=COUNT,
            links=_links("self", "first", "last", "page"),
            agencies=rows(record(agency)),
            as_of=DAY,
        ),
        optional=("as_of", *(name for name in region if name != "code")),
    )


def _region_name() -> Shape:
    return record({"code": TEXT, "name": TEXT})


def _paging() -> dict[str, Shape]:
    return {"total": COUNT, "size": COUNT, "page": COUNT, "pages": COUNT}


def _links(*names: str) -> Shape:
    """Return the links that are always there, and those to the pages beside this one."""
    known = dict.fromkeys((*names, *(("previous", "next") if "first" in names else ())), ADDRESS)
    return record(known, optional=("previous", "next"))


def _listed(lang: Language, name: str, row: Mapping[str, Shape]) -> Shape:
    facet = record(own(lang, value=TEXT, count=COUNT))
    return record(
        own(
            lang,
            chosen=by_key(TEXT),
            sort=TEXT,
            **_paging(),
            is_cut=FLAG,
            is_more=FLAG,
            links=_links("self", "first", "last"),
            facets=by_key(rows(facet)),
            **{name: rows(record(row))},
        )
    )


def _of_report(lang: Language) -> dict[str, Shape]:
    names = ("title", "year", "url", "agency_id", "agency", "region")
    return columns(lang, "report_summary", only=names)


def _checks(lang: Language) -> Shape:
    row = columns(lang, "checks") | _of_report(lang)
    row |= columns(lang, "reports", only=("published_on",))
    return _listed(lang, "checks", row | own(lang, review=_review(lang), link=ADDRESS))


def _changes(lang: Language) -> Shape:
    parts = {name: nullable(shape) for name, shape in _changed_parts(lang).items()}
    row = columns(lang, "changes", only=("report_id", "seen_at")) | _of_report(lang)
    events: Shape = {"type": "string", "enum": ["edited", "removed"]}
    extra = own(lang, event=events, last_seen=nullable(TIME), rows_changed=COUNT, link=ADDRESS)
    return _listed(lang, "changes", row | parts | extra)


def _coverage(lang: Language) -> Shape:
    return _listed(lang, "coverage", columns(lang, "coverage") | own(lang, link=ADDRESS))


def _page_url(lang: Language) -> dict[str, Shape]:
    return {"url": said(lang, "page_url", ADDRESS)}


def _found_names(lang: Language) -> Shape:
    kinds: Shape = {"type": "string", "enum": ["region", "agency"]}
    return rows(record(own(lang, kind=kinds, id=TEXT, name=TEXT, place=TEXT) | _page_url(lang)))


def _names(lang: Language) -> Shape:
    return record(own(lang, query=TEXT, names=_found_names(lang)))


def _search(lang: Language) -> Shape:
    only = ("report_id", "title", "agency", "region", "year", "published_on", "checks_failed")
    passage = record(own(lang, text=TEXT, hit=FLAG))
    found = columns(lang, "report_summary", only=only)
    report = record(found | _page_url(lang) | own(lang, heading=TEXT, passage=rows(passage)))
    meant = record(own(lang, typed=TEXT, meant=rows(TEXT)))
    return record(
        own(
            lang,
            query=TEXT,
            searched_for=TEXT,
            also_searched_for=rows(meant),
            chosen=by_key(TEXT),
            total=COUNT,
            page=COUNT,
            pages=COUNT,
            is_cut=FLAG,
            is_more=FLAG,
            links=_links("self", "first", "last"),
            names=_found_names(lang),
            reports=rows(report),
        )
    )


def _table(lang: Language) -> Shape:
    value = own(lang, measure=TEXT, year=INTEGER, value=nullable(NUMBER), n=nullable(COUNT))
    value |= {"reports": said(lang, "reports_counted", COUNT)}
    row = record(own(lang, id=TEXT, name=TEXT, place=TEXT, values=rows(record(value))))
    measure = record(own(lang, key=TEXT, title=TEXT, about=TEXT))
    return record(
        own(
            lang,
            address=ADDRESS,
            links=_links("self", "first", "last"),
            rows_of=TEXT,
            measures=rows(measure),
            years=rows(INTEGER),
            filters=by_key(TEXT),
            total=COUNT,
            is_cut=FLAG,
            rows=rows(row),
            sums=rows(row),
        )
    )


def _rows_of_table(lang: Language) -> Shape:
    any_row = {"anyOf": [named(f"{ROW}{name}") for name in tables()]}
    return rows(said(lang, "row_of_table", any_row))


def _error(lang: Language) -> Shape:
    code: Shape = {"type": "string", "enum": list(CODES)}
    return record(own(lang, ok={"type": "boolean"}, status=INTEGER, code=code, error=TEXT))


def _problem(lang: Language) -> Shape:
    """Return the shape of an error about names in a query string, with the members of RFC 9457."""
    code: Shape = {"type": "string", "enum": ["unknown_parameter"]}
    common = own(lang, ok={"type": "boolean"}, status=INTEGER, code=code, error=TEXT)
    return record(
        common
        | {"type": said(lang, "problem_type", ADDRESS), "title": said(lang, "problem_title", TEXT)}
        | own(lang, detail=TEXT, parameters=rows(TEXT))
    )


_ANSWERS: Mapping[str, Callable[[Language], Shape]] = {
    "report": _report,
    "agency": _agency,
    "region": _region,
    "search": _search,
    "names": _names,
    "table": _table,
    "checks": _checks,
    "changes": _changes,
    "coverage": _coverage,
    "proof": proof_answer,
    "rows": _rows_of_table,
    "codebook": codebook_answer,
    "releases": releases_answer,
    "error": _error,
    "problem": _problem,
}
