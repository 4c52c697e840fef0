"""Portals of every family, ready to serve: `with Replica(pages=serve(layouts)) as replica: …`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from gongkai.crawler.sites.registry import Site
from gongkai.replica.pages import Page, Pages
from tests.replica.families.fetched import AnnualLayout, GkmlptLayout, JcmsLayout, JpaasLayout
from tests.replica.families.interfaces import (
    CmswebLayout,
    EpointLayout,
    HanwebXxgkLayout,
    LonsunLayout,
    SzinfLayout,
    TrueCmsLayout,
)
from tests.replica.families.layout import Interface, Layout
from tests.replica.families.paged import (
    HenanLayout,
    HtmlsLayout,
    MeetfineLayout,
    ShaanxiLayout,
    TrsLayout,
    UcapLayout,
    VsbLayout,
)
from tests.replica.families.place import place
from tests.replica.families.products import (
    ChannelLayout,
    GtappLayout,
    HubeiLayout,
    NfraLayout,
    TreeLayout,
)
from tests.replica.families.unseen import UNSEEN
from tests.replica.families.variants import (
    EportalLayout,
    GkLayout,
    JcmsPagesLayout,
    JpaasScriptLayout,
    PagersLayout,
    PcListLayout,
    ScriptFileLayout,
)

KNOWN: tuple[type[Layout], ...] = (
    TrsLayout, JcmsLayout, JpaasLayout, MeetfineLayout, GkmlptLayout, AnnualLayout, UcapLayout,
    VsbLayout, ShaanxiLayout, HenanLayout, HtmlsLayout, HanwebXxgkLayout, LonsunLayout, TrueCmsLayout,
    EpointLayout,
)  # fmt: skip
SCRIPTED: tuple[type[Layout], ...] = (
    CmswebLayout,
    SzinfLayout,
    EportalLayout,
    PagersLayout,
    PcListLayout,
    GkLayout,
    JcmsPagesLayout,
    JpaasScriptLayout,
    ScriptFileLayout,
)
"""Forms without a class of their own: their scripts tell how their lists are requested or go on."""

FURTHER: tuple[type[Layout], ...] = (
    GtappLayout,
    NfraLayout,
    ChannelLayout,
    TreeLayout,
    HubeiLayout,
)
"""Products that few portals run, and menus and lists beside those of their families."""

ALL: tuple[type[Layout], ...] = (*KNOWN, *SCRIPTED, *UNSEEN, *FURTHER)


class QueryPages(Pages):
    """Pages that differ by their query, in any order of its parts."""

    def __init__(
        self,
        portals: dict[str, dict[str, Page]],
        interfaces: dict[str, dict[str, Interface]] | None = None,
    ) -> None:
        self._interfaces = interfaces or {}
        super().__init__(
            {
                host: {_canonical(path): page for path, page in pages.items()}
                for host, pages in portals.items()
            }
        )

    def find(self, url: str) -> Page | None:
        """The page at an address; a query that no page is known by is ignored."""
        parts = urlsplit(url)
        if interface := self._interfaces.get(parts.hostname or "", {}).get(parts.path):
            return interface("GET", dict(parse_qsl(parts.query, keep_blank_values=True)))
        if parts.query:
            known = self._portals.get((parts.hostname or "").removeprefix("www."), {})
            return known.get(_canonical(f"{parts.path}?{parts.query}"))
        return super().find(url)

    def find_posted(self, url: str, body: bytes, media_type: str) -> Page | None:
        """The answer of an interface to the fields of a form or of a JSON object, with those of the address."""
        parts = urlsplit(url)
        interface = self._interfaces.get(parts.hostname or "", {}).get(parts.path)
        if interface is None:
            return None
        fields: dict[str, object] = dict(parse_qsl(parts.query, keep_blank_values=True))
        if "json" in media_type:
            fields |= json.loads(body)
        else:
            fields |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        return interface("POST", {name: str(value) for name, value in fields.items()})


def layout(family: type[Layout], seed: int = 1, **sizes: int) -> Layout:
    """One portal of a family, built; `sizes` as `place` takes them."""
    made = family(place(f"www.{family.name}{seed}.gov.cn", seed, **sizes))
    made.build()
    return made


def serve(layouts: Iterable[Layout]) -> QueryPages:
    """What a replica of these portals serves."""
    made = [*layouts]
    return QueryPages(
        {each.place.host: each.pages for each in made},
        {each.place.host: each.interfaces for each in made},
    )


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
