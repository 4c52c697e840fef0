"""Families of sites, by the name that the registry uses."""

from __future__ import annotations

from crawler.discovery.cms.base import Cms
from crawler.discovery.cms.gkmlpt import Gkmlpt
from crawler.discovery.cms.hanweb_annual import HanwebAnnual
from crawler.discovery.cms.henan import Henan
from crawler.discovery.cms.htmls import Htmls
from crawler.discovery.cms.jcms import Jcms
from crawler.discovery.cms.jpaas import Jpaas
from crawler.discovery.cms.lonsun import Lonsun
from crawler.discovery.cms.shaanxi import Shaanxi
from crawler.discovery.cms.trs import Trs
from crawler.discovery.cms.ucap import Ucap
from crawler.discovery.cms.vsb import Vsb
from crawler.discovery.page import Page

# In the order of asking: those first whose marks no other family's page can have.
_ALL = (
    Gkmlpt(), HanwebAnnual(), Jpaas(), Jcms(), Lonsun(), Henan(), Htmls(), Ucap(), Vsb(), Shaanxi(), Trs(), Cms(),
)  # fmt: skip
FAMILIES: dict[str, Cms] = {family.name: family for family in _ALL}


def recognise(page: Page, known: str = "generic") -> Cms:
    """Give the family a page shows; where it shows none, the one that is `known` otherwise."""
    return next((family for family in _ALL if family.recognises(page)), FAMILIES[known])
