"""A page of search results, and names that somebody may mean, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gongkai.archive.store.names.name_search import FoundName
from gongkai.archive.store.search import Hit
from gongkai.publish.http.page_links import page_links
from gongkai.publish.http.paths import path_segment
from gongkai.publish.pages.lists.search_page import SearchPage

Address = Callable[[str], str]
"""Returns the address of a path of the site."""


def search_data(page: SearchPage, address: Address) -> dict[str, object]:
    """Return a page of results with links to itself and to the pages around it.

    `is_cut` means that the pages do not reach the last result, `is_more` that there are more than `total`:
    those are the latest, and counted are those alone.
    """
    query = page.query
    links = page_links(
        query.page,
        page.pages,
        lambda number: address(f"/search.json?{query.query_string(number)}".rstrip("?")),
    )
    return {
        "query": query.text,
        "searched_for": page.question.text,
        "also_searched_for": [
            {"typed": each.typed, "meant": list(each.meant)} for each in page.question.rewritings
        ],
        "chosen": {**query.chosen, **query.dates},
        "total": page.results.total,
        "page": query.page,
        "pages": page.pages,
        "is_cut": page.exceeds_pages or page.is_cut,
        "is_more": page.is_cut,
        "links": links,
        "names": names_data(page.names, address),
        "reports": [_hit_data(hit, address) for hit in page.results.hits],
    }


def names_data(names: Iterable[FoundName], address: Address) -> list[dict[str, str]]:
    """Return names with the addresses of their pages."""
    return [
        {
            "kind": each.kind,
            "id": each.key,
            "name": each.name,
            "place": each.place,
            "url": address(name_path(each)),
        }
        for each in names
    ]


def name_path(name: FoundName) -> str:
    """Return the path of the page of a region or an agency."""
    return f"/{name.kind}/{path_segment(name.key)}"


def _hit_data(hit: Hit, address: Address) -> dict[str, object]:
    return {
        "report_id": hit.report_id,
        "title": hit.title,
        "agency": hit.agency,
        "region": hit.region,
        "year": hit.year,
        "published_on": hit.published_on,
        "checks_failed": hit.checks_failed,
        "url": address(f"/report/{path_segment(hit.report_id)}"),
        "heading": hit.heading,
        "passage": [{"text": each.text, "hit": each.hit} for each in hit.passage],
    }
