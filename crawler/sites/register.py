"""Entering a site in a registry: its id, its address, and its lines in a file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from gongkai.crawler.sites.registry import (
    RESERVED_IDS,
    SITE_ID_FORMAT,
    RegistryError,
    Site,
    load_sites,
    netloc,
    www_variant,
)

GENERIC_HOST_WORDS = {"www", "gov", "cn", "com", "org", "net", "edu", "zwgk", "xxgk"}
REQUIRED_FIELDS = ("name", "region_code", "url")
OPTIONAL_FIELDS = ("cms", "min_reports", "hosts", "delay", "verify_tls", "old_tls")


def normalize_home_url(url: str) -> str:
    """Give the home page that an operator means; raises RegistryError.

    >>> normalize_home_url("www.pingluo.gov.cn"), normalize_home_url("https://x.gov.cn:8443/zwgk/")
    ('http://www.pingluo.gov.cn/', 'https://x.gov.cn:8443/zwgk/')
    """
    address = url.strip() if "://" in url else f"http://{url.strip()}"
    try:
        host = netloc(address)
    except ValueError as problem:
        raise RegistryError(f"not an address of a site: {url}: {problem}") from None
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not re.search(r"\w\.\w", host):
        raise RegistryError(f"not an address of a site: {url}; it starts with http:// or https://")
    return parts._replace(path=parts.path or "/", fragment="").geturl()


def propose_id(url: str, taken: Sequence[str]) -> str:
    """Give a free id made from the host's name; raises RegistryError where there is none.

    >>> propose_id("http://sycyy.yinchuan.gov.cn/", ["pingluo"])
    'sycyy-yinchuan'
    """
    host = netloc(url).partition(":")[0]
    words = [
        word for word in host.split(".") if word not in GENERIC_HOST_WORDS and not word.isdigit()
    ]
    name = re.sub(r"[^a-z0-9-]", "-", "-".join(words))[:40].strip("-")
    if not SITE_ID_FORMAT.fullmatch(name) or name in taken or name in RESERVED_IDS:
        raise RegistryError(f"no id of its own for {host}: give one with --id")
    return name


def ensure_not_registered(url: str, sites: Sequence[Site]) -> None:
    """Raises RegistryError where the site is entered already."""
    host = netloc(url)
    for site in sites:
        if site.host in (host, www_variant(host)) and urlsplit(site.url).path == urlsplit(url).path:
            raise RegistryError(f"{url} is entered already, as {site.id}")


def ensure_id_free(site_id: str, url: str, hosts: Sequence[str], sites: Sequence[Site]) -> None:
    """Raises RegistryError where the id is taken or no id, or the site's host is not official and
    not named among `hosts`.
    """
    if not SITE_ID_FORMAT.fullmatch(site_id) or site_id in RESERVED_IDS:
        raise RegistryError(f"not an id: {site_id!r}; short, in small Latin letters")
    host = netloc(url)
    if not host.partition(":")[0].endswith(".gov.cn") and host not in hosts:
        raise RegistryError(f"{host} is not under gov.cn; give --host {host} if it is meant")
    for site in sites:
        if site.id == site_id:
            raise RegistryError(f"the id {site_id} is taken, by {site.url}; give another with --id")


def format_entry(site: Site, note: str) -> str:
    """Write a site as lines of a registry: what is not the default, and a note on the floor."""
    usual = {field.name: field.default for field in fields(Site)}
    lines = [
        f"[{site.id}]",
        *(f"{name} = {_toml(getattr(site, name))}" for name in REQUIRED_FIELDS),
    ]
    for name in OPTIONAL_FIELDS:
        value = getattr(site, name)
        if name == "min_reports":
            lines.append(f"{name} = {value}  # {note}")
        elif value != usual[name]:
            lines.append(f"{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def register_site(path: Path, site: Site, note: str) -> None:
    """Add a site to the end of a registry, which is made where there is none.

    The file is replaced at once and whole; it stays as it is where the entry would break it.
    Raises RegistryError, OSError.
    """
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(before + gap + format_entry(site, note), encoding="utf-8")
        load_sites(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _toml(value: object) -> str:
    """A TOML value; its strings, numbers and lists are written as in JSON."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
