"""Which names the query string of an address for programs may have: an unknown one is a mistake.

A program that misspells a name would get another answer than it asked for, and never learn it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.publish.datasette_types import Arguments
from gongkai.publish.http.query_args import UnknownParameters
from gongkai.publish.interface.endpoints import ENDPOINTS, Endpoint
from gongkai.publish.site import DATABASE

SUFFIXES = (".json", ".csv", ".xlsx", ".atom")

AS_OF = "as_of"
"""Known everywhere: a file that only exists as of now refuses it in words of its own."""

_SAMPLE = "1"
"""Stands for any part of a path where a pattern is looked for."""

_PAGES_OF_FILES: Mapping[str, tuple[str, ...]] = {
    "search": ("failed",),  # older addresses of the search
    "table": ("heat",),  # shades the page, from whose address that of the file is made
}
"""Names of the pages beside the files, which do not change what a file has."""

_OTHERS: Mapping[str, tuple[str, ...]] = {
    "/compare.csv": ("agency", "region", "measure", "from", "to", "small", "add"),
    "/sql.json": ("sql",),
    "/sql.csv": ("sql",),
    **{
        f"/feeds/{kind}.atom": ("region", "agency", "rule", "page")
        for kind in ("reports", "changes", "checks")
    },
    "/openapi.json": (),
    "/releases.atom": (),
}
"""Files that the description of the addresses for programs does not have, by their paths."""

TABLE_ARGUMENTS = frozenset(
    (
        *("_shape", "_size", "_next", "_sort", "_sort_desc", "_sort_by_desc", "_col", "_nocol"),
        *("_search", "_region", "_labels", "_label", "_nl", "_json", "_json_infinity", "_extras"),
        *("_nocount", "_nofacet", "_nosuggest", "_header", "_dl", "_stream", "_words", "_ttl"),
    )
)
"""What rows of a table take besides its columns: Datasette's arguments and ours."""

_TABLE_FAMILIES = ("_facet", "_filter_", "_search_")
"""How further arguments of Datasette begin, which name a column or a number."""


@dataclass(frozen=True, slots=True)
class KnownParameters:
    """The names that an address takes."""

    names: frozenset[str]

    def check(self, args: Arguments) -> None:
        """Check the names of a query string.

        Raises:
            UnknownParameters: Some are unknown.
        """
        unknown = [name for name in args if name not in self.names]
        if unknown:
            raise UnknownParameters(unknown, sorted(self.names - {AS_OF}))


def known_parameters(pattern: str) -> KnownParameters | None:
    """Return the names that the files of a pattern of paths take, None where they are not known."""
    regex = re.compile(pattern)
    for path, names in _OTHERS.items():
        if regex.match(path):
            return KnownParameters(frozenset((*names, AS_OF)))
    # one pattern may be of two addresses: that of the country is that of a division without its code
    answered = [each for each in ENDPOINTS if any(regex.match(path) for path in _paths(each))]
    if not answered:
        return None
    taken = {one.name for each in answered for one in each.parameters if one.place == "query"}
    extra = (name for each in answered for name in _PAGES_OF_FILES.get(each.key, ()))
    return KnownParameters(frozenset((*taken, *extra, AS_OF)))


def _paths(endpoint: Endpoint) -> list[str]:
    """Return a path of each file of an address, none of the rows of tables, which have their own check."""
    if endpoint.path.startswith(f"/{DATABASE}/"):
        return []
    stem = re.sub(r"\{\w+\}", _SAMPLE, endpoint.path).removesuffix(".json")
    return [f"{stem}{suffix}" for suffix in SUFFIXES]


def check_table_names(args: Arguments) -> None:
    """Check the arguments of rows as data that are no columns: names that begin with an underscore.

    Raises:
        UnknownParameters: Some are unknown.
    """
    unknown = [
        name
        for name in args
        if name.startswith("_")
        and "__" not in name
        and name not in TABLE_ARGUMENTS
        and not name.startswith(_TABLE_FAMILIES)
    ]
    if unknown:
        raise UnknownParameters(unknown, sorted(TABLE_ARGUMENTS))
