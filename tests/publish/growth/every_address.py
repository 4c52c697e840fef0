"""Every address of the site in the forms in which readers ask for it, for an archive of any size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from gongkai.publish.wording.dictionary import tables

DAY = "2025-05-01"

FILES = (
    *("/checks.csv", "/checks.csv?sort=-size", "/changes.csv"),
    *(f"/search.csv?q={quote('公开')}", "/search.csv?year=2024"),
)
"""Files as long as what is in them."""

Keys = Mapping[str, str]
"""Keys of an archive: `report`, its `agency` and `county`, an `other` agency, a `digest`."""

WORDS = (
    "公开",
    "-公开",
    "错别字",
    "999条",
    "公开 OR 复议 -错别字",
    "-错别字",
    "工信局",
    "没有的词语",
)
NARROWED = (
    "region=640000&year=2024",
    "sort=date",
    "sort=refused",
    "page=2",
    "published_from=2024-01-20",
    "fetched_to=2020-01-01",
)
FILTERED = ("level=county", "kind=government", "sector=%E8%B4%A2%E6%94%BF", "name=%E8%B4%A2%E6%94%BF", "level=county&year=2023",
            "reports=none", "region=640000", "year=2022")  # fmt: skip
LISTS = {
    "checks": (
        "rule=requests_balance",
        "rule=text_sum&region=640000",
        "sort=-size",
        "sort=date",
        "page=2",
    ),
    "changes": ("event=edited", "sort=-places", "page=2"),
    "coverage": ("status=missing", "status=not_looked", "sort=-late", "sort=agency", "why=law"),
}
TABLES_BUILT = (
    "",
    "region=640000&year=2024&m=refused&sort=-refused.2024",
    "rows=region&year=2024",
    "rows=region&region=640000",
    "rows=region&level=county&year=2024",
    "rows=region&region=640100&kind=department",
    "rows=region&vintage=2012",
    "rows=region&region=640000&vintage=2012&status=complete",
    "rows=region&of=governments&region=640000&vintage=2012",
    "rows=sector",
    "rows=sector&region=640000&form=2021",
    "rows=sector&m=ground_refused_state_secret&m=review_upheld&sort=-review_upheld.2024&year=2024",
    "rows=sector&vintage=2012",
)
ROWS = ("reports?_region=640000&year=2024", "reports?_sort_desc=published_on", "reports?_search=%E5%85%AC%E5%BC%80",
        "report_summary?region_code=640121", "report_summary?_sort_desc=refused", "figures?_sort_desc=value",
        "requests?_sort_desc=total", "refusal_reasons?_sort_desc=requests")  # fmt: skip


def every_address(keys: Keys) -> Iterator[str]:
    """Yield the addresses."""
    yield from _pages(keys)
    yield from _searches()
    yield from _lists()
    for kind in ("reports", "changes", "checks"):
        yield f"/feeds/{kind}.atom"
        yield f"/feeds/{kind}.atom?region=640000"
        yield f"/feeds/{kind}.atom?agency={keys['agency']}"
    yield "/feeds/checks.atom?rule=text_sum"
    for query in TABLES_BUILT:
        yield f"/table?{query}".rstrip("?")
        yield f"/table.atom?{query}".rstrip("?")
    for name in tables():
        yield f"/archive/{name}"
        yield f"/archive/{name}.json?_shape=array"
    yield from (f"/archive/{each}" for each in ROWS)


def _pages(keys: Keys) -> Iterator[str]:
    report, agency, county = keys["report"], keys["agency"], keys["county"]
    yield from ("/", "/region", "/region.json", "/region?vintage=2012", "/map", "/map?vintage=2012")
    yield from ("/status", "/status?page=2", "/status?health=stale", "/data", "/data/dictionary", "/data/api", "/openapi.json", "/codebook", "/codebook.json", "/codebook.xml",
                "/releases", "/releases.json", "/releases.atom", "/robots.txt", "/sitemap.xml", "/sitemap/pages.xml",
                "/sitemap/agencies-0.xml", "/static/site.css")  # fmt: skip
    for path in (f"/region/{county}", "/region/640000"):
        yield from (path, f"{path}.json", f"{path}?vintage=2012", f"{path}?year=2022")
    yield f"/region/{county}?as_of={DAY}"
    for path in (f"/report/{report}", f"/agency/{agency}"):
        yield from (path, f"{path}.json", f"{path}?as_of={DAY}")
    yield f"/report/{report}.csv"
    yield from (
        f"/archive/reports/{report}",
        f"/archive/agencies/{agency}",
        f"/archive/regions/{county}",
    )
    for query in (f"agency={agency}&agency={keys['other']}", "region=640000&region=460000"):
        yield from (f"/compare?{query}", f"/compare.csv?{query}")
    yield from (
        "/compare",
        "/compare?add=%E8%B4%A2%E6%94%BF",
        f"/proof/{report}/requests/new/total.json",
    )


def _searches() -> Iterator[str]:
    yield "/search"
    for words in WORDS:
        yield f"/search?q={quote(words)}"
        yield f"/search.atom?q={quote(words)}"
    for narrowed in NARROWED:
        yield f"/search?{narrowed}"
        yield f"/search?q={quote('公开')}&{narrowed}"
    yield f"/search.json?q={quote('公开')}"
    yield from (f"/names.json?q={quote(each)}" for each in ("ping", "局", "没有"))


def _lists() -> Iterator[str]:
    for name, forms in LISTS.items():
        yield from (f"/{name}", f"/{name}.json")
        yield from (f"/{name}?{query}" for query in (*forms, *FILTERED))
