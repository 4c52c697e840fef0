"""What a site is registered as: its id and its address, checked before anything is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from gongkai.crawler.sites.registry import (
    RESERVED_IDS,
    SITE_ID_FORMAT,
    RegistryError,
    Site,
    is_official,
    netloc,
    www_variant,
)
from gongkai.pasted_address import clean_address

GENERIC_HOST_WORDS = {"www", "gov", "cn", "com", "org", "net", "edu", "zwgk", "xxgk"}
"""Parts of host names that do not tell sites apart."""

MAX_ID_CHARS = 40


def normalize_home_url(url: str) -> str:
    """Return the address of the home page that an operator means.

    >>> normalize_home_url("www.pingluo.gov.cn"), normalize_home_url("https://x.gov.cn:8443/zwgk/")
    ('http://www.pingluo.gov.cn/', 'https://x.gov.cn:8443/zwgk/')

    Raises:
        RegistryError: The text is not the address of a website.
    """
    cleaned = clean_address(url)
    address = cleaned if "://" in cleaned else f"http://{cleaned}"
    try:
        host = netloc(address)
    except ValueError:
        raise RegistryError("site_url_wrong", url=url) from None
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not re.search(r"\w\.\w", host):
        raise RegistryError("site_url_wrong", url=url)
    return parts._replace(path=parts.path or "/", fragment="").geturl()


def propose_id(url: str, taken: Sequence[str]) -> str:
    """Return a free id made from the host's name.

    >>> propose_id("http://sycyy.yinchuan.gov.cn/", ["pingluo"])
    'sycyy-yinchuan'

    Raises:
        RegistryError: The name of the host gives no id, or one that is taken.
    """
    host = netloc(url).partition(":")[0]
    words = [
        word for word in host.split(".") if word not in GENERIC_HOST_WORDS and not word.isdigit()
    ]
    name = re.sub(r"[^a-z0-9-]", "-", "-".join(words))[:MAX_ID_CHARS].strip("-")
    if not SITE_ID_FORMAT.fullmatch(name) or name in taken or name in RESERVED_IDS:
        raise RegistryError("site_id_not_derived", host=host)
    return name


def ensure_not_registered(url: str, sites: Sequence[Site]) -> None:
    """Check that no site of the registry has this address.

    Raises:
        RegistryError: A site of this host, with or without www, and path is registered already.
    """
    host = netloc(url)
    for site in sites:
        same_host = site.host in (host, www_variant(host))
        if same_host and urlsplit(site.url).path == urlsplit(url).path:
            raise RegistryError("site_registered_already", url=url, site=site.id)


def ensure_id_free(site_id: str, url: str, hosts: Sequence[str], sites: Sequence[Site]) -> None:
    """Check that a site can be registered with this id, address and further hosts.

    Raises:
        RegistryError: The id is not well formed or taken, or the host of the address is neither
            under gov.cn nor among `hosts`.
    """
    if not SITE_ID_FORMAT.fullmatch(site_id) or site_id in RESERVED_IDS:
        raise RegistryError("site_id_malformed", site=site_id)
    host = netloc(url)
    if not is_official(host) and host not in hosts:
        raise RegistryError("site_host_unnamed", host=host)
    for site in sites:
        if site.id == site_id:
            raise RegistryError("site_id_taken", site=site_id, url=site.url)
