"""The portals of the country as they are known, entered or not: portals.csv as plain data.

Facts with their sources; PORTALS.md beside the file tells where they come from and how far they can
be trusted. A portal becomes a site of the registry when it was probed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from gongkai.crawler.sites.registry import Site, netloc

PACKAGED_PORTALS = Path(__file__).with_name("portals.csv")

LEVELS = ("country", "province", "prefecture", "county")
KINDS = ("government", "department")

REGION_FORMAT = re.compile(r"[0-9]{2}(?:[0-9]{2}){0,2}")

COUNTRY_CODE = "000000"
"""The code of a portal that belongs to the country, and to no division."""


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal that is known.

    `code` is that of the division, 000000 for the country and 660000 for 新疆生产建设兵团. `confidence`
    is `named` where a source names the place with the address, `host` where only the host is known,
    "" for a site of the registry that the table does not have. `access` is how it answered an
    outside probe on 2026-04-26, "" where it was not asked. `cms` ends in a question mark where it is
    inferred from pages that are no reports. `source` joins its tags with "+".
    """

    code: str
    name: str
    level: str
    kind: str
    url: str
    confidence: str = ""
    access: str = ""
    cms: str = ""
    report_example: str = ""
    source: str = ""

    @property
    def host(self) -> str:
        """Host of the address without www, the key by which portals are told apart."""
        return host_key(netloc(self.url))


def host_key(host: str) -> str:
    """Return a host without its leading www.

    >>> host_key("www.pingluo.gov.cn"), host_key("xxgk.x.gov.cn:8080")
    ('pingluo.gov.cn', 'xxgk.x.gov.cn:8080')
    """
    return host.removeprefix("www.")


@cache
def known_portals() -> tuple[Portal, ...]:
    """Return the portals of portals.csv, sorted by code with the government first."""
    with PACKAGED_PORTALS.open(encoding="utf-8", newline="") as source:
        found = [Portal(**row) for row in csv.DictReader(source)]
    return tuple(sorted(found, key=lambda each: (each.code, KINDS.index(each.kind))))


@cache
def portals_by_host() -> Mapping[str, Portal]:
    """Return the known portals by host without www; no two have the same."""
    return MappingProxyType({portal.host: portal for portal in known_portals()})


def region_prefix(code: str) -> str | None:
    """Return what the codes of a division and of all that lies in it begin with, None for no code.

    >>> region_prefix("64"), region_prefix("640100"), region_prefix("640121"), region_prefix("6")
    ('64', '6401', '640121', None)
    """
    if not REGION_FORMAT.fullmatch(code):
        return None
    while len(code) > 2 and code.endswith("00") and code[:2] != "00":
        code = code[:-2]
    return code


def is_in_region(code: str, prefix: str) -> bool:
    """Return whether the code of a division begins with a prefix of `region_prefix`."""
    return code.startswith(prefix)


def portal_of(site: Site) -> Portal:
    """Return the known portal that a site is, or one made from its entry.

    The present and the former addresses of the site decide. The division is that of the entry, where
    an operator may have corrected the table.
    """
    for host in home_hosts(site):
        if known := portals_by_host().get(host):
            return replace(known, code=site.region_code)
    kind = "department" if site.parent else "government"
    level = level_of_code(site.region_code)
    return Portal(site.region_code, site.name, level, kind, site.url, cms=site.cms)


def level_of_code(code: str) -> str:
    """Return the level of a division by its code.

    >>> level_of_code("000000"), level_of_code("640000"), level_of_code("640100")
    ('country', 'province', 'prefecture')
    """
    if code.endswith("0000"):
        return "country" if code == COUNTRY_CODE else "province"
    return "prefecture" if code.endswith("00") else "county"


def home_hosts(site: Site) -> list[str]:
    """Return the hosts of the present and of the former home pages of a site, without www."""
    return [host_key(netloc(url)) for url in (site.url, *site.former_urls)]


def entered_hosts(sites: Iterable[Site]) -> dict[str, Site]:
    """Return the sites by every host of theirs, former ones too, without www.

    Where two sites have a host, it is that of the one whose home page is there.
    """
    found = {host_key(host): site for site in sites for host in site.hosts}
    return found | {host: site for site in sites for host in home_hosts(site)}


def select_portals(
    portals: Sequence[Portal], prefix: str = "", level: str = "", kind: str = ""
) -> list[Portal]:
    """Return the portals of a region, a level and a kind; "" stands for any."""
    return [
        portal
        for portal in portals
        if is_in_region(portal.code, prefix)
        and level in ("", portal.level)
        and kind in ("", portal.kind)
    ]
