"""Absolute addresses of a page, for search engines and for those who share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gongkai.catalogue import Language
from gongkai.publish.datasette_types import Datasette, Request
from gongkai.publish.http.path_prefix import current_prefix
from gongkai.publish.site import site_of

ENGLISH = "/en"
"""What the paths of the English pages begin with."""

NAMES: Mapping[Language, str] = {"zh": "zh-CN", "en": "en"}
"""The languages as HTML names them."""

DEFAULT = "x-default"
"""How search engines call the page for readers of every other language: ours is Chinese."""


@dataclass(frozen=True, slots=True)
class PageAddresses:
    """The address of a page, and those of the same page by language.

    `own` is "" where the site does not know its base; `by_language` is empty where there is only
    one language.
    """

    own: str = ""
    by_language: Mapping[str, str] = field(default_factory=dict)


def addresses_of(datasette: Datasette, request: Request | None, query: str = "") -> PageAddresses:
    """Return the addresses of the page that a request asks for.

    `query` is what the page needs of the query string, in its own order: whatever else an address
    has (marks of campaigns, empty fields of a form) names no other page. The Host header never
    decides, see `public_address`.
    """
    site = site_of(datasette)
    if request is None or not site.base_url:
        return PageAddresses()
    path = f"{request.path}?{query}" if query else request.path
    found: dict[Language, str] = {
        "zh": f"{site.base_url}{current_prefix()}{path}",
        "en": f"{site.base_url}{current_prefix()}{ENGLISH}{path}",
    }
    if not site.bilingual:
        return PageAddresses(f"{site.base_url}{datasette.urls.path(path)}")
    by_language = {NAMES[lang]: address for lang, address in found.items()}
    return PageAddresses(found[site.lang], {**by_language, DEFAULT: found["zh"]})
