"""Families of sites, by the name that the registry uses."""

from __future__ import annotations

from gongkai.crawler.discovery.cms.channel import Channel
from gongkai.crawler.discovery.cms.epoint import Epoint
from gongkai.crawler.discovery.cms.fujian import Fujian
from gongkai.crawler.discovery.cms.gkmlpt import Gkmlpt
from gongkai.crawler.discovery.cms.gtapp import Gtapp
from gongkai.crawler.discovery.cms.hanweb_annual import HanwebAnnual
from gongkai.crawler.discovery.cms.hanweb_xxgk import HanwebXxgk
from gongkai.crawler.discovery.cms.henan import Henan
from gongkai.crawler.discovery.cms.htmls import Htmls
from gongkai.crawler.discovery.cms.jcms import Jcms
from gongkai.crawler.discovery.cms.jpaas import Jpaas
from gongkai.crawler.discovery.cms.lonsun import Lonsun
from gongkai.crawler.discovery.cms.meetfine import Meetfine
from gongkai.crawler.discovery.cms.nfra import Nfra
from gongkai.crawler.discovery.cms.shaanxi import Shaanxi
from gongkai.crawler.discovery.cms.trs import Trs
from gongkai.crawler.discovery.cms.trs_interfaces import TrsIgs, TrsIrs, TrsWas
from gongkai.crawler.discovery.cms.truecms import TrueCms
from gongkai.crawler.discovery.cms.ucap import Ucap
from gongkai.crawler.discovery.cms.vsb import Vsb
from gongkai.crawler.discovery.cms_base import Cms
from gongkai.crawler.discovery.page import WebPage

# Those come first that have a signature which no page of another family can have.
_ALL = (
    Gkmlpt(), Fujian(), HanwebAnnual(), HanwebXxgk(), Jpaas(), TrueCms(), Jcms(), Meetfine(), Lonsun(), Epoint(), Nfra(), Gtapp(), Channel(), Henan(), Htmls(), Ucap(), Vsb(), Shaanxi(), TrsIgs(), TrsWas(), TrsIrs(), Trs(), Cms(),
)  # fmt: skip
FAMILIES: dict[str, Cms] = {family.name: family for family in _ALL}


def recognise_family(page: WebPage, known: str = "generic") -> Cms:
    """Return the family that a page shows; where it shows none, the family named `known`."""
    return next((family for family in _ALL if family.recognises(page)), FAMILIES[known])
