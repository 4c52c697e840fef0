"""The portals: sites.toml as plain data, checked when it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from gongkai.errors import GongkaiError, reason_of
from gongkai.messages import Message, message

PACKAGED_REGISTRY = Path(__file__).with_name("sites.toml")
LOCAL_REGISTRY = Path("sites.toml")
"""Registry of the working directory, read in addition to the packaged one where it exists."""

ADDED_SITE = "added"
"""The site of documents that an operator added from disk."""

SITE_ID_FORMAT = re.compile(r"[a-z][a-z0-9_-]{0,39}")
REGION_CODE_FORMAT = re.compile(r"\d{6}")
WINDOW_FORMAT = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
RESERVED_IDS = {ADDED_SITE}
REQUIRED_FIELDS = ("name", "region_code", "url")
DEFAULT_PORTS = {"http": 80, "https": 443}


class RegistryError(GongkaiError):
    """A registry that cannot be used; the message names the file, the entry and what is wrong."""


@dataclass(frozen=True, slots=True)
class Site:
    """One portal. The comment at the head of sites.toml explains the fields."""

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
    parent: str = ""
    enabled: bool = True
    former_urls: tuple[str, ...] = ()
    render: bool = False

    @property
    def host(self) -> str:
        """Host of the home page, with its port where that is not the default one."""
        return netloc(self.url)

    @property
    def all_hosts(self) -> frozenset[str]:
        """Every `host` or `host:port` of the site, each with and without www."""
        named = {self.host, *(host.lower() for host in self.hosts)}
        return frozenset(named | {www_variant(host) for host in named})


@dataclass(frozen=True, slots=True)
class RegistryFiles:
    """The registry files that a command reads.

    `base` is read first. `own` is read besides, and its entries replace those of the same id; None
    stands for the `sites.toml` of the working directory, if there is one and `base` is the packaged
    registry.
    """

    own: Path | None = None
    base: Path = PACKAGED_REGISTRY

    @property
    def written(self) -> Path:
        """The file to which entries are added."""
        if self.own is not None:
            return self.own
        return LOCAL_REGISTRY if self.base == PACKAGED_REGISTRY else self.base

    def load(self, *, may_lack: bool = False) -> tuple[Site, ...]:
        """Return every site, sorted by id.

        Args:
            may_lack: Whether the file to which entries are added may still be missing.

        Raises:
            RegistryError: A registry is missing, cannot be read, or has an entry that is wrong.
        """
        files = [(self.base, may_lack and self.written == self.base)]
        if self.own is not None:
            files.append((self.own, may_lack))
        elif self.base == PACKAGED_REGISTRY:
            files.append((LOCAL_REGISTRY, True))
        sites: dict[str, Site] = {}
        for path, may_be_missing in files:
            if path.is_file() or not may_be_missing:
                sites |= read_registry(path)
        for site in sites.values():
            if site.parent and (site.parent == site.id or site.parent not in sites):
                why = message("site_parent_wrong", parent=site.parent)
                raise RegistryError(
                    "registry_entry_wrong", path=str(self.written), site=site.id, why=why
                )
        return tuple(sites[site_id] for site_id in sorted(sites))


def load_sites(path: Path | None = None) -> tuple[Site, ...]:
    """Return every site, sorted by id: the packaged ones and those of `path`.

    Without a path the `sites.toml` of the working directory is read, if there is one. An entry
    there replaces a packaged one of the same id.

    Raises:
        RegistryError: A registry is missing, cannot be read, or has an entry that is wrong.
    """
    return RegistryFiles(path).load()


def netloc(url: str) -> str:
    """Return host and port of an address in one canonical form: lower case, no default port.

    >>> netloc("HTTP://WWW.Pingluo.gov.cn.:80/xxgk/")
    'www.pingluo.gov.cn'

    Raises:
        ValueError: The address has no host, or its port is not a number.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if not host:
        raise ValueError(f"no host in {url!r}")
    if parts.port is None or parts.port == DEFAULT_PORTS.get(parts.scheme):
        return host
    return f"{host}:{parts.port}"


def www_variant(host: str) -> str:
    """Return the host without its leading www, or with one where it has none."""
    return host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"


def is_official(host: str) -> bool:
    """Return whether a host, with or without a port, is under gov.cn."""
    return host.partition(":")[0].endswith(".gov.cn")


def read_registry(path: Path) -> dict[str, Site]:
    """Return the sites of one registry file by id.

    Raises:
        RegistryError: The file is missing, cannot be read, or has an entry that is wrong.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RegistryError("registry_missing", path=str(path)) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise RegistryError(
            "registry_unreadable", path=str(path), why=reason_of(problem)
        ) from problem
    return {site_id: read_site(site_id, entry, path) for site_id, entry in entries.items()}


def read_site(site_id: str, entry: object, path: Path) -> Site:
    """Return the site of an entry of a registry; messages name the file `path`.

    Raises:
        RegistryError: The entry is wrong.
    """

    def wrong(why: Message) -> RegistryError:
        return RegistryError("registry_entry_wrong", path=str(path), site=site_id, why=why)

    if not SITE_ID_FORMAT.fullmatch(site_id) or site_id in RESERVED_IDS:
        raise wrong(message("site_id_wrong"))
    if not isinstance(entry, Mapping):
        raise wrong(message("site_entry_no_table"))
    if why := _wrong_fields(entry):
        raise wrong(why)
    lists = {name: tuple(entry.get(name, ())) for name in ("hosts", "former_urls")}
    site = Site(id=site_id, **{**entry, **lists})
    if why := _wrong_value(site):
        raise wrong(why)
    return site


def _wrong_fields(entry: Mapping[str, object]) -> Message | None:
    """Return what is wrong with the names and types of an entry, None where nothing is."""
    if unknown := sorted(set(entry) - set(FIELD_TYPES)):
        return message("site_fields_unknown", names=", ".join(unknown), n=len(unknown))
    if missing := [name for name in REQUIRED_FIELDS if not entry.get(name)]:
        return message("site_fields_missing", names=", ".join(missing), n=len(missing))
    for name, value in entry.items():
        expected = FIELD_TYPES[name]
        if not expected.matches(value):
            return message("site_field_type", name=name, value=repr(value), expected=expected.name)
    return None


def _wrong_value(site: Site) -> Message | None:
    """Return what is wrong with the values of an entry, None where nothing is."""
    if not REGION_CODE_FORMAT.fullmatch(site.region_code):
        return message("site_region_code_wrong", value=site.region_code)
    if urlsplit(site.url).scheme not in DEFAULT_PORTS:
        return message("site_url_scheme_wrong", url=site.url)
    try:
        host = site.host
    except ValueError:
        return message("site_url_wrong", url=site.url)
    if not is_official(host) and host not in site.hosts:
        # clones of official pages live on other domains: such a host has to be meant
        return message("site_host_unofficial", host=host)
    for url in site.former_urls:
        try:
            netloc(url)
        except ValueError:
            return message("site_url_wrong", url=url)
    if site.min_reports < 1:
        return message("site_min_reports_wrong")
    if site.window and not WINDOW_FORMAT.fullmatch(site.window):
        return message("window_wrong", value=site.window)
    if site.max_pages < 0:
        return message("site_field_negative", name="max_pages")
    if site.delay is not None and site.delay < 0:
        return message("site_field_negative", name="delay")
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_text_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


@dataclass(frozen=True, slots=True)
class _FieldType:
    """What a field of an entry may hold: its name, and the check of a value."""

    name: Message
    matches: Callable[[object], bool]


_TEXT = _FieldType(message("type_text"), _is_text)
_WHOLE_NUMBER = _FieldType(message("type_whole_number"), _is_whole_number)
_NUMBER = _FieldType(message("type_number"), _is_number)
_SWITCH = _FieldType(message("type_switch"), _is_switch)
_TEXT_LIST = _FieldType(message("type_text_list"), _is_text_list)

FIELD_TYPES: Mapping[str, _FieldType] = {
    "name": _TEXT,
    "region_code": _TEXT,
    "url": _TEXT,
    "cms": _TEXT,
    "min_reports": _WHOLE_NUMBER,
    "hosts": _TEXT_LIST,
    "delay": _NUMBER,
    "verify_tls": _SWITCH,
    "old_tls": _SWITCH,
    "window": _TEXT,
    "max_pages": _WHOLE_NUMBER,
    "parent": _TEXT,
    "enabled": _SWITCH,
    "former_urls": _TEXT_LIST,
    "render": _SWITCH,
}
"""The fields of an entry in TOML; the table's own name is the id of the site."""
