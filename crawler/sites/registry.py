"""The portals: sites.toml as plain data, checked when it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PACKAGED_REGISTRY = Path(__file__).with_name("sites.toml")
LOCAL_REGISTRY = Path("sites.toml")
"""Registry of the working directory, read beside the packaged one when it is there."""

SITE_ID_FORMAT = re.compile(r"[a-z][a-z0-9_-]{0,39}")
REGION_CODE_FORMAT = re.compile(r"\d{6}")
WINDOW_FORMAT = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
RESERVED_IDS = {"added"}  # the site name of documents that came from disk
DEFAULT_PORTS = {"http": 80, "https": 443}


class RegistryError(ValueError):
    """A registry that cannot be used; the message names file, entry and what is wrong."""


@dataclass(frozen=True, slots=True)
class Site:
    """One portal. The meaning of the fields is written at the head of sites.toml."""

    id: str
    name: str
    region_code: str
    url: str
    cms: str = "generic"
    min_reports: int = 1
    hosts: tuple[str, ...] = ()
    delay: float | None = None
    verify_tls: bool = True
    old_tls: bool = False
    window: str = ""
    max_pages: int = 0

    @property
    def host(self) -> str:
        """Host of the home page, with its port where that is not the usual one."""
        return netloc(self.url)

    @property
    def all_hosts(self) -> frozenset[str]:
        """Every `host` or `host:port` that belongs to the site, www and bare twins included."""
        named = {self.host, *(host.lower() for host in self.hosts)}
        return frozenset(named | {www_variant(host) for host in named})


def load_sites(path: Path | None = None) -> tuple[Site, ...]:
    """Give every known site, sorted by id: the packaged ones and those of `path` beside them.

    Without a path the `sites.toml` of the working directory is read, if there is one. An entry
    there replaces a packaged one of the same id. Raises RegistryError.
    """
    sites = _read(PACKAGED_REGISTRY)
    if path is not None:
        sites |= _read(path)
    elif LOCAL_REGISTRY.is_file():
        sites |= _read(LOCAL_REGISTRY)
    return tuple(sites[key] for key in sorted(sites))


def find_site(sites: tuple[Site, ...], site_id: str) -> Site:
    """Give the site of that id; raises RegistryError naming the ones there are."""
    for site in sites:
        if site.id == site_id:
            return site
    known = ", ".join(site.id for site in sites)
    raise RegistryError(f"unknown site {site_id!r}; known are: {known}")


def netloc(url: str) -> str:
    """Give host and port of an address in one canonical form: lower case, no default port.

    Raises ValueError where there is no host, or the port is no number.

    >>> netloc("HTTP://WWW.Pingluo.gov.cn.:80/xxgk/")
    'www.pingluo.gov.cn'
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if not host:
        raise ValueError(f"no host in {url!r}")
    if parts.port is None or parts.port == DEFAULT_PORTS.get(parts.scheme):
        return host
    return f"{host}:{parts.port}"


def www_variant(host: str) -> str:
    """Give the other of www.example.gov.cn and example.gov.cn."""
    return host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"


def _read(path: Path) -> dict[str, Site]:
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RegistryError(f"no such site registry: {path}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise RegistryError(f"{path}: not a readable site registry: {problem}") from problem
    return {key: _site(key, entry, path) for key, entry in entries.items()}


def _site(key: str, entry: Any, path: Path) -> Site:
    where = f"{path}: [{key}]"
    if not SITE_ID_FORMAT.fullmatch(key) or key in RESERVED_IDS:
        raise RegistryError(f"{where}: an id is short, in small Latin letters, and not 'added'")
    if not isinstance(entry, Mapping):
        raise RegistryError(f"{where}: expected a table of facts about one site")
    types = {field.name: str(field.type) for field in fields(Site) if field.name != "id"}
    if unknown := sorted(set(entry) - set(types)):
        raise RegistryError(f"{where}: unknown field {', '.join(unknown)}")
    if missing := [name for name in ("name", "region_code", "url") if not entry.get(name)]:
        raise RegistryError(f"{where}: missing {', '.join(missing)}")
    for name, value in entry.items():
        _check_type(f"{where} {name}", types[name], value)
    site = Site(id=key, **{**entry, "hosts": tuple(entry.get("hosts", ()))})
    _check_values(where, site)
    return site


def _check_type(where: str, expected: str, value: Any) -> None:
    kinds: dict[str, tuple[type, ...]] = {
        "str": (str,),
        "int": (int,),
        "bool": (bool,),
        "float | None": (int, float),
        "tuple[str, ...]": (list,),
    }
    wrong = not isinstance(value, kinds[expected])
    wrong |= isinstance(value, bool) and expected != "bool"
    wrong |= isinstance(value, list) and not all(isinstance(item, str) for item in value)
    if wrong:
        raise RegistryError(f"{where}: {value!r} is not of the expected kind ({expected})")


def _check_values(where: str, site: Site) -> None:
    if not REGION_CODE_FORMAT.fullmatch(site.region_code):
        raise RegistryError(f"{where}: region_code has six digits, not {site.region_code!r}")
    if urlsplit(site.url).scheme not in DEFAULT_PORTS:
        raise RegistryError(f"{where}: url starts with http:// or https://, not {site.url!r}")
    try:
        host = site.host
    except ValueError as problem:
        raise RegistryError(f"{where}: {problem}") from None
    official = host.partition(":")[0].endswith(".gov.cn")
    if not official and host not in site.hosts:
        # clones of official pages live on other domains: such a host has to be meant
        raise RegistryError(f"{where}: {host} is not under gov.cn; name it in hosts if it is meant")
    if site.min_reports < 1:
        raise RegistryError(f"{where}: min_reports is at least 1: silence is an alarm")
    if site.window and not WINDOW_FORMAT.fullmatch(site.window):
        raise RegistryError(f"{where}: window is written 22:00-06:00, not {site.window!r}")
    if site.max_pages < 0:
        raise RegistryError(f"{where}: max_pages is not negative")
    if site.delay is not None and site.delay < 0:
        raise RegistryError(f"{where}: delay is not negative")
