"""Further hosts of a portal: told by the domain that it stands under, and by the words of a link.

www.hebu.gov.cn has its disclosure on xxgk.hebu.gov.cn. wjw.hebu.gov.cn is a department's, and
www.nx.gov.cn is above the hosts of a whole province: the domain alone does not decide, the link has
to say that it leads to disclosure, and name no other agency.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from gongkai.crawler.sites.portals import host_key, portals_by_host, region_prefix
from gongkai.crawler.sites.registry import Site, is_official, netloc

OFFICIAL_DOMAIN = "gov.cn"
MAX_TEXT_CHARS = 60
"""Characters of a link's text that are looked at."""

DISCLOSURE_WORDS = re.compile(
    r"信息公开|政务公开|政府公开|主动公开|公开目录|公开平台|年报|年度报告"
)
"""What a link to disclosure or to reports says."""

OWN_PREFIX = re.compile(
    r"(?:本|我|全)?(?:省|市|县|区|州|盟|旗|自治[区州县旗])?[级本]{0,2}(?:人民)?(?:政府|政务)?(?:法定)?"
)
"""What stands before those words where they mean the portal itself."""

OFFICE_SUFFIX = re.compile(
    r"(?:人民政府|管理委员会|管委会|政府)?(?:办公室|办公厅)?(?:官方|门户|政务)?(?:门户)?(?:网站|网)?$"
)
"""What follows the name of a place in the name of its portal."""


def own_domain(host: str) -> str:
    """Return the domain under which all hosts may belong to a portal, "" where there is none.

    >>> own_domain("www.hebu.gov.cn"), own_domain("www.xx.yy.gov.cn:8080"), own_domain("www.gov.cn")
    ('hebu.gov.cn', 'xx.yy.gov.cn', '')
    """
    domain = host_key(host.partition(":")[0])
    return domain if is_official(domain) else ""


def is_below(host: str, domain: str) -> bool:
    """Return whether a host lies below a domain, at the ordinary port.

    >>> is_below("xxgk.hebu.gov.cn", "hebu.gov.cn"), is_below("xxgk.yehebu.gov.cn", "hebu.gov.cn")
    (True, False)
    """
    return bool(domain) and host.endswith(f".{domain}")


def place_names(name: str) -> tuple[str, ...]:
    """Return by which names the pages of a portal may call its place, none where it has no name.

    >>> place_names("河埠市人民政府门户网站"), place_names("宁夏回族自治区")
    (('河埠市',), ('宁夏回族自治区', '宁夏'))
    """
    place = OFFICE_SUFFIX.sub("", name.strip())
    if len(place) < 2:
        return ()
    short = re.sub(r"(?:回族|壮族|维吾尔)?自治区$|(?:省|特别行政区)$", "", place)
    return (place,) if len(short) < 2 else tuple(dict.fromkeys((place, short)))


def names_own_disclosure(text: str, names: Collection[str]) -> bool:
    """Return whether the words of a link mean the disclosure of a portal itself, or its reports.

    >>> names_own_disclosure("政府信息公开", ()), names_own_disclosure("河埠市政府信息公开平台", ["河埠市"])
    (True, True)
    >>> names_own_disclosure("市教育局信息公开", ()), names_own_disclosure("安和县政府信息公开", ["河埠市"])
    (False, False)
    """
    found = DISCLOSURE_WORDS.search(text[:MAX_TEXT_CHARS])
    if found is None:
        return False
    before = text[: found.start()]
    for name in sorted(names, key=len, reverse=True):
        before = before.removeprefix(name)
    return OWN_PREFIX.fullmatch(re.sub(r"[\W\d_]|年度?", "", before)) is not None


def is_other_portal(host: str, site: Site) -> bool:
    """Return whether a host is known as the portal of another place, or of a department.

    The table of portals decides; the government that the site itself is does not count.
    """
    known = portals_by_host().get(host_key(host))
    if known is None:
        return False
    return known.kind != "government" or known.code != site.region_code


def is_same_place(owner: str, code: str, site: Site, names: Collection[str]) -> bool:
    """Return whether a page belongs to the place of a site.

    Args:
        owner: The name of the website and the title of the page.
        code: The division in its site code, "" where it has none.
        site: The site whose link led there.
        names: The names of the place.
    """
    prefix = region_prefix(site.region_code) if site.region_code else None
    if prefix and code and not code.startswith(prefix):
        return False
    return any(name in owner for name in names)


def host_of(url: str) -> str:
    """Return host and port of an address, "" where it has none or is not one of http."""
    try:
        return netloc(url) if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""
