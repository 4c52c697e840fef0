"""Portals of every family, ready to serve: `with Replica(pages=serve(layouts)) as replica: …`."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from gongkai.crawler.sites.registry import Site
from gongkai.replica.pages import Page, Pages
from tests.replica.families.fetched import AnnualLayout, GkmlptLayout, JcmsLayout, JpaasLayout
from tests.replica.families.layout import Layout
from tests.replica.families.paged import (
    HenanLayout,
    HtmlsLayout,
    LonsunLayout,
    ShaanxiLayout,
    TrsLayout,
    UcapLayout,
    VsbLayout,
)
from tests.replica.families.place import place
from tests.replica.families.unseen import UNSEEN

KNOWN: tuple[type[Layout], ...] = (
    TrsLayout, JcmsLayout, JpaasLayout, LonsunLayout, GkmlptLayout, AnnualLayout, UcapLayout,
    VsbLayout, ShaanxiLayout, HenanLayout, HtmlsLayout,
)  # fmt: skip
ALL: tuple[type[Layout], ...] = (*KNOWN, *UNSEEN)


class QueryPages(Pages):
    """Pages that differ by their query, in any order of its parts."""

    def __init__(self, portals: dict[str, dict[str, Page]]) -> None:
        super().__init__(
            {
                host: {_canonical(path): page for path, page in pages.items()}
                for host, pages in portals.items()
            }
        )

    def find(self, url: str) -> Page | None:
        """The page at an address; a query that no page is known by is ignored."""
        parts = urlsplit(url)
        if parts.query:
            known = self._portals.get((parts.hostname or "").removeprefix("www."), {})
            return known.get(_canonical(f"{parts.path}?{parts.query}"))
        return super().find(url)


def layout(family: type[Layout], seed: int = 1, **sizes: int) -> Layout:
    """One portal of a family, built; `sizes` as `place` takes them."""
    made = family(place(f"www.{family.name}{seed}.gov.cn", seed, **sizes))
    made.build()
    return made


def serve(layouts: Iterable[Layout]) -> QueryPages:
    """What a replica of these portals serves."""
    return QueryPages({made.place.host: made.pages for made in layouts})


def site(made: Layout) -> Site:
    """The registry's entry of a portal, its family left to be recognised."""
    host = made.place.host
    return Site(host.split(".")[1], made.place.name, made.place.code, f"http://{host}/")


def _canonical(path: str) -> str:
    parts = urlsplit(path)
    query = sorted(parse_qsl(parts.query, keep_blank_values=True))
    return parts.path + (
        "?" + "&".join(f"{name}={value}" for name, value in query) if query else ""
    )
