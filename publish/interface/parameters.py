"""What addresses take, by name: the values that are allowed, an example, a text in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gongkai.catalogue import Language, text
from gongkai.publish.http.query_args import MAX_PAGE
from gongkai.publish.http.vintage import VINTAGES
from gongkai.publish.interface.shapes import DAY, Shape
from gongkai.publish.pages.builder import table_query
from gongkai.publish.pages.builder.table_measures import TABLE_MEASURES
from gongkai.publish.pages.lists import search_query
from gongkai.publish.pages.lists.listing import FILTERS
from gongkai.publish.pages.lists.search_page import ALLOWED_VALUES

Place = Literal["path", "query"]

_YEAR: Shape = {"type": "integer", "minimum": 1, "maximum": 9999}
_REGION: Shape = {"type": "string", "pattern": "^[0-9]{1,12}$"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part of an address. Its meaning is the text `api_parameter.KEY`, by default that of its name.

    `example` is a value that every archive takes; where that depends on the archive, `example_key` is
    the name of a value of it. Several values are several pairs of the query string.
    """

    name: str
    schema: Shape = field(default_factory=lambda: {"type": "string"})
    place: Place = "query"
    required: bool = False
    example: str = ""
    example_key: str = ""
    key: str = ""

    def about(self, lang: Language) -> str:
        """Return what it means, in a language."""
        return text(lang, f"api_parameter.{self.key or self.name}")

    @property
    def values(self) -> tuple[str, ...]:
        """The allowed values, () where they are not a list."""
        schema = self.schema.get("items", self.schema)
        return tuple(schema.get("enum", ()))

    def example_in(self, values: Mapping[str, str]) -> str:
        """Return an example for an archive, "" where it has none. `values` are those of the archive."""
        if self.example_key:
            return values.get(self.example_key, "")
        return self.example or next(iter(self.values), "")


def in_path(name: str, example_key: str, schema: Shape | None = None, key: str = "") -> Parameter:
    """Return a part of a path."""
    shape = schema or {"type": "string", "pattern": "^[A-Za-z0-9_~-]{1,200}$"}
    return Parameter(name, shape, "path", True, example_key=example_key, key=key or example_key)


def closed(name: str, values: Sequence[str], key: str = "") -> Parameter:
    """Return a parameter that takes one of some values."""
    return Parameter(name, {"type": "string", "enum": list(values)}, key=key)


def several(name: str, items: Shape, most: int, key: str = "", example_key: str = "") -> Parameter:
    """Return a parameter that may be there several times."""
    shape: Shape = {"type": "array", "items": items, "maxItems": most}
    return Parameter(name, shape, key=key, example_key=example_key)


PAGE = Parameter("page", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE}, example="1")
AS_OF = Parameter("as_of", DAY, example_key="day")
YEAR = Parameter("year", _YEAR, example_key="year")
VINTAGE = closed("vintage", [str(year) for year in VINTAGES])
REGION = Parameter("region", _REGION, example_key="region_code", key="in_region")
_TEXT_40: Shape = {"type": "string", "maxLength": 40}

AGENCY_FILTERS = (
    *(closed(name, allowed, f"filter_{name}") for name, allowed in FILTERS.items()),
    Parameter("sector", _TEXT_40, example_key="sector"),
    Parameter("name", _TEXT_40, example_key="name", key="filter_name"),
)
"""Filters of a list about the agency."""


def facet_parameters(facets: Mapping[str, tuple[str, ...] | None]) -> tuple[Parameter, ...]:
    """Return the facets of a list."""
    open_ones = {"year": YEAR, "region": REGION}
    return tuple(
        open_ones[name] if allowed is None else closed(name, allowed)
        for name, allowed in facets.items()
    )


def search_parameters() -> tuple[Parameter, ...]:
    """Return what a search takes."""
    words: Shape = {"type": "string", "maxLength": search_query.MAX_LENGTH}
    return (
        Parameter("q", words, example_key="words"),
        Parameter("typed", {"type": "string", "enum": ["1"]}),
        closed("answer", ALLOWED_VALUES["answer"]),
        YEAR,
        REGION,
        closed("kind", ALLOWED_VALUES["kind"], "filter_kind"),
        Parameter("sector", {"type": "string", "maxLength": 100}, example_key="sector"),
        closed("form", ALLOWED_VALUES["form"]),
        closed("status", ALLOWED_VALUES["status"], "report_status"),
        closed("rule", ALLOWED_VALUES["rule"], "search_rule"),
        *(Parameter(name, DAY, example_key="day") for name in search_query.DATES),
        closed("sort", search_query.SORTS, "search_sort"),
        PAGE,
    )


def table_parameters() -> tuple[Parameter, ...]:
    """Return what the table builder takes."""
    measure: Shape = {"type": "string", "enum": list(TABLE_MEASURES)}
    filters = table_query.FILTERS
    order: Shape = {"type": "string", "pattern": "^-?[a-z0-9_]{1,60}\\.[1-9][0-9]{0,3}$"}
    return (
        closed("rows", table_query.ROW_KINDS),
        closed("of", table_query.SUMMED),
        several("m", measure, table_query.MAX_MEASURES),
        several("year", _YEAR, table_query.MAX_YEARS, "years", example_key="year"),
        closed("level", filters["level"], "filter_level"),
        closed("kind", filters["kind"], "filter_kind"),
        Parameter("sector", {"type": "string", "maxLength": 100}, example_key="sector"),
        closed("status", filters["status"], "report_status"),
        closed("form", filters["form"]),
        closed("series", filters["series"]),
        REGION,
        Parameter(
            "agency", {"type": "string", "maxLength": 100}, example_key="agency_id", key="of_agency"
        ),
        Parameter("sort", order, key="table_sort", example_key="table_order"),
        Parameter("small", {"type": "string", "enum": ["1"]}),
        VINTAGE,
        PAGE,
    )


def cell_parameters() -> tuple[Parameter, ...]:
    """Return the parts of the path of a cell."""
    short: Shape = {"type": "string", "pattern": "^[a-z0-9_]{1,60}$"}
    item: Shape = {"type": "string", "pattern": "^([a-z0-9_]{1,60}|-)$"}
    return (
        in_path("part", "part", {"type": "string", "pattern": "^[a-z0-9_]{1,40}$"}),
        in_path("item", "item", item),
        in_path("field", "field", short),
    )
