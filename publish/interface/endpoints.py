"""Every address for programs: its path, what it takes, what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from gongkai.catalogue import Language, text
from gongkai.publish.interface.parameters import (
    AGENCY_FILTERS,
    AS_OF,
    PAGE,
    VINTAGE,
    Parameter,
    cell_parameters,
    closed,
    facet_parameters,
    in_path,
    search_parameters,
    table_parameters,
)
from gongkai.publish.pages.lists import changes_list, checks_list, coverage_list
from gongkai.publish.site import DATABASE
from gongkai.publish.wording.dictionary import tables


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that returns JSON. `answer` is the name of its shape, `key` that of its texts.

    Its summary is the text `api.KEY`. `csv` is the path of the same as CSV, "" where there is none.
    `has_pages` means that links lead to further pages: in the header, and in most bodies.
    """

    key: str
    path: str
    answer: str
    parameters: tuple[Parameter, ...] = ()
    csv: str = ""
    has_pages: bool = False

    def about(self, lang: Language) -> str:
        """Return what it returns, in a language."""
        return text(lang, f"api.{self.key}")

    def example(self, values: Mapping[str, str]) -> str:
        """Return a path that works in an archive with these values, "" where it has none."""
        path, query = self.path, []
        for each in self.parameters:
            value = each.example_in(values)
            if each.required and not value:
                return ""
            if each.place == "path":
                path = path.replace(f"{{{each.name}}}", quote(value))
            elif each.required or each.example_key in ("words", "name"):
                query.append((each.name, value))
        return f"{path}?{urlencode(query)}" if query else path


def _listed(
    key: str, facets: Mapping[str, tuple[str, ...] | None], sorts: object, most: int
) -> Endpoint:
    assert isinstance(sorts, Mapping)
    orders = tuple(f"{sign}{name}" for name in sorts for sign in ("", "-"))
    parameters = (
        *facet_parameters(facets),
        *AGENCY_FILTERS,
        closed("sort", orders, key="list_sort"),
        Parameter("size", {"type": "integer", "minimum": 1, "maximum": most}, example="20"),
        PAGE,
    )
    return Endpoint(key, f"/{key}.json", key, parameters, f"/{key}.csv", has_pages=True)


_REPORT = in_path("id", "report_id", key="report_id")
_AGENCY = in_path("id", "agency_id", key="agency_id")

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "search", "/search.json", "search", search_parameters(), "/search.csv", has_pages=True
    ),
    Endpoint(
        "names",
        "/names.json",
        "names",
        (Parameter("q", {"type": "string", "maxLength": 200}, example_key="name", key="names_q"),),
    ),
    Endpoint("report", "/report/{id}.json", "report", (_REPORT, AS_OF), "/report/{id}.csv"),
    Endpoint(
        "proof",
        "/proof/{id}/{part}/{item}/{field}.json",
        "proof",
        (_REPORT, *cell_parameters()),
    ),
    Endpoint("agency", "/agency/{id}.json", "agency", (_AGENCY, AS_OF)),
    Endpoint("country", "/region.json", "region", (AS_OF, VINTAGE)),
    Endpoint(
        "region",
        "/region/{code}.json",
        "region",
        (
            in_path("code", "region_code", {"type": "string", "pattern": "^[0-9]{1,12}$"}),
            AS_OF,
            VINTAGE,
            PAGE,
        ),
        has_pages=True,
    ),
    Endpoint("table", "/table.json", "table", table_parameters(), "/table.csv", has_pages=True),
    _listed("checks", checks_list.FACETS, checks_list.SORTS, 200),
    _listed("changes", changes_list.FACETS, changes_list.SORTS, 40),
    _listed("coverage", coverage_list.FACETS, coverage_list.SORTS, 200),
    Endpoint(
        "rows",
        f"/{DATABASE}/{{table}}.json",
        "rows",
        (
            in_path("table", "table", {"type": "string", "enum": list(tables())}),
            Parameter("_shape", {"type": "string", "enum": ["array"]}, required=True),
            Parameter("_size", {"type": "integer", "minimum": 1, "maximum": 1000}, example="5"),
            Parameter("_next", {"type": "string", "maxLength": 200}),
        ),
        f"/{DATABASE}/{{table}}.csv",
        has_pages=True,
    ),
    Endpoint("codebook", "/codebook.json", "codebook"),
    Endpoint("releases", "/releases.json", "releases"),
)
"""In the order in which they are presented."""
