"""Families of sites, by the name that the registry uses."""

from __future__ import annotations

from crawler.cms.base import Cms
from crawler.cms.gkmlpt import Gkmlpt
from crawler.cms.hanweb_annual import HanwebAnnual
from crawler.cms.henan import Henan
from crawler.cms.htmls import Htmls
from crawler.cms.jcms import Jcms
from crawler.cms.jpaas import Jpaas
from crawler.cms.lonsun import Lonsun
from crawler.cms.shaanxi import Shaanxi
from crawler.cms.trs import Trs
from crawler.cms.ucap import Ucap
from crawler.cms.vsb import Vsb
from crawler.page import Page

# In the order of asking: those first whose marks no other family's page can have.
_ALL = (
    Gkmlpt(), HanwebAnnual(), Jpaas(), Jcms(), Lonsun(), Henan(), Htmls(), Ucap(), Vsb(), Shaanxi(), Trs(), Cms(),
)  # fmt: skip
FAMILIES: dict[str, Cms] = {family.name: family for family in _ALL}


def recognise(page: Page, known: str = "generic") -> Cms:
    """Give the family a page shows; where it shows none, the one that is `known` otherwise."""
    return next((family for family in _ALL if family.recognises(page)), FAMILIES[known])
