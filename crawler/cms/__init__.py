"""Families of sites, by the name that the registry uses."""

from __future__ import annotations

from crawler.cms.base import Cms
from crawler.cms.htmls import Htmls
from crawler.cms.trs import Trs
from crawler.page import Page

FAMILIES: dict[str, Cms] = {family.name: family for family in (Cms(), Trs(), Htmls())}


def recognise(page: Page) -> Cms:
    """Give the family a page shows, the generic one where it shows none."""
    return next(
        (family for family in FAMILIES.values() if family.recognises(page)), FAMILIES["generic"]
    )
