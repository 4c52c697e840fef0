"""Entering known portals: each is probed, followed where it moved, and judged by what was found.

Nothing is written here. What became of a portal is yielded as soon as it is known, so that whoever
asks can write it down at once and go on later where it stopped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from gongkai.crawler.discovery.hosts.sister_hosts import host_of, is_same_place, place_names
from gongkai.crawler.probe import (
    ProbeResult,
    is_browser_there,
    may_need_browser,
    probe_each,
    site_from_probe,
)
from gongkai.crawler.sites.add_site import propose_id
from gongkai.crawler.sites.portals import (
    Portal,
    entered_hosts,
    host_key,
    portals_by_host,
    region_prefix,
)
from gongkai.crawler.sites.registry import RegistryError, Site, is_official, www_variant
from gongkai.messages import Message, message, parse_message

OUTCOMES = (
    "entered", "moved", "elsewhere", "other_place", "duplicate", "no_reports", "blocked", "robots",
    "stub", "unreachable",
)  # fmt: skip
"""What can become of a known portal; the first two are entries of the registry."""

ENTERED = ("entered", "moved")
MAX_MOVES = 2
"""Hosts to which a portal is followed, one after the other."""

NAME_UNSEEN = re.compile(r"（[^（）]{0,20}名称未见）")
BLOCK_REASONS = re.compile(
    r"block_pages|run_stopped_by_blocks|no_reports_but_blocks|"
    r"http_(?:refused|cookie_challenge|too_many|forbidden|challenge)"
)
SILENT_REASONS = re.compile(
    r"failure_|site_not_answering|run_without_answers|run_refused|http_|home_no_page|"
    r"home_redirects_for_ever|process_died|run_not_started|robots_"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of a known portal.

    `site` is its entry of the registry, None where it has none. `why` is the reason then, and a
    remark otherwise; None where there is nothing to say.
    """

    portal: Portal
    outcome: str
    found: ProbeResult
    site: Site | None = None
    why: Message | None = None


@dataclass(frozen=True, slots=True)
class _Try:
    """A portal that is probed, under the tentative entry `site`, first without a browser."""

    portal: Portal
    site: Site
    plain: ProbeResult | None = None  # what was found without a browser


def enter_portals(
    portals: Sequence[Portal],
    known: Collection[Site],
    folder: Path,
    *,
    proxy: str | None = None,
    settings: Mapping[str, str] | None = None,
    workers: int,
    program: str = "",
    parents: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Entry]:
    """Probe known portals, and yield what became of each.

    Governments come before departments, which then have them as parents.

    Args:
        portals: The portals, none of which is among the sites.
        known: The sites of the registry.
        folder: An empty folder for the pages of the probes.
        proxy: The way to the portals, None for a direct one.
        settings: Scrapy's, as -s NAME=VALUE gives them.
        workers: How many portals are probed at the same time.
        program: The module of the command line.
        parents: Ids of the sites whose pages name a department, by its host. Without it, the parent
            is the government of the same division.

    Raises:
        SettingError: The proxy cannot be used.
        StorageError: The folder cannot be used.
    """
    sites = list(known)
    for kind in ("government", "department"):
        tries = _first_tries([each for each in portals if each.kind == kind], sites, parents)
        while tries:
            by_id = {each.site.id: each for each in tries}
            tries = []
            for site, found in probe_each(
                [each.site for each in by_id.values()],
                folder,
                proxy=proxy,
                settings=settings,
                workers=workers,
                program=program,
                others=sites,
            ):
                tried = by_id[site.id]
                if moved := _moved(tried, found):
                    tries.append(moved)
                    continue
                if may_need_browser(site, found) and is_browser_there(settings or {}):
                    with_browser = replace(site, render=True)
                    tries.append(replace(tried, site=with_browser, plain=found))
                    continue
                if tried.plain and not (found.columns or found.reached):
                    site, found = replace(site, render=False), tried.plain
                entry = judge(tried.portal, site, found, sites)
                if entry.site:
                    sites.append(entry.site)
                yield entry


def judge(portal: Portal, site: Site, found: ProbeResult, sites: Collection[Site]) -> Entry:
    """Return what became of a portal, by what a probe of it found."""
    if found.run.outcome == "busy":
        return Entry(portal, "busy", found, why=parse_message(found.run.why))
    if found.home.forward:
        return Entry(portal, "elsewhere", found, why=_leads_to(found.home.forward))
    names = _names(portal)
    owner = found.home.owner or found.name
    is_here = found.region_code == portal.code or is_same_place(
        owner, found.region_code, site, names
    )
    if site.former_urls and found.home.owner and not is_here:
        return Entry(
            portal, "elsewhere", found, why=message("portal_moved_unnamed", host=site.host)
        )
    is_shut = found.blocked or SILENT_REASONS.match(found.run.why)
    if not found.reached and (is_shut or not found.columns):
        outcome, why = _nothing_found(found)
        return Entry(portal, outcome, found, why=why)
    site = _with_scheme(site_from_probe(site, found), found)
    if other := entered_hosts(sites).get(host_key(site.host)):
        return Entry(
            portal,
            "duplicate",
            found,
            why=message("portal_duplicate", host=site.host, site=other.id),
        )
    is_named = any(name in owner for name in names)
    if _contradicts(portal, found) and not is_named:
        why = message("portal_other_place", code=found.region_code, name=owner.split("\n")[0])
        return Entry(portal, "other_place", found, why=why)
    site = replace(
        site,
        id=site_id(site.url, portal.code, [each.id for each in sites]),
        name=_name(portal, found),
    )
    outcome = "moved" if site.former_urls else "entered"
    return Entry(portal, outcome, found, site, _remark(portal, found))


def _remark(portal: Portal, found: ProbeResult) -> Message | None:
    """Return what a reader should know of a portal that is entered."""
    if _contradicts(portal, found):
        return message("region_differs", entry=portal.code, found=found.region_code)
    if found.run.outcome == "incomplete":
        return parse_message(found.run.why)
    return None if found.reached else message("portal_column_empty")


def departments_of(entry: Entry, sites: Collection[Site]) -> list[Portal]:
    """Return the departments with hosts of their own that the pages of a portal name.

    Those that are entered already, and governments, are left out.
    """
    if entry.site is None:
        return []
    entered = entered_hosts(sites)
    found = {}
    for department in entry.found.departments:
        host = host_of(department.url)
        known = portals_by_host().get(host_key(host))
        if not host or host_key(host) in entered or (known and known.kind == "government"):
            continue
        home = urlsplit(department.url)._replace(path="/", query="", fragment="").geturl()
        name = re.sub(r"^[省市县区州盟旗](?=..)", "", department.name)
        place = place_names(entry.site.name)[:1]
        found[host_key(host)] = known or Portal(
            entry.site.region_code,
            name if any(name.startswith(each) for each in place) else "".join(place) + name,
            entry.portal.level,
            "department",
            home,
        )
    return list(found.values())


def site_id(url: str, code: str, taken: Sequence[str]) -> str:
    """Return a free id made from the host's name, with the code of the division where that is taken.

    >>> site_id("http://www.hy.gov.cn/", "640522", []), site_id("http://www.hy.gov.cn/", "640522", ["hy"])
    ('hy', 'hy-640522')
    """
    try:
        return propose_id(url, taken)
    except RegistryError:
        words = re.sub(r"[^a-z0-9]+", "-", host_key(host_of(url)).removesuffix(".gov.cn"))
        base = re.sub(r"^(?=[^a-z])", "x", words.strip("-"))[:28].strip("-")
        ids = (f"{base}-{code}{end}" for end in ("", *(f"-{n}" for n in range(2, len(taken) + 3))))
        return next(each for each in ids if each not in taken)


def _first_tries(
    portals: Sequence[Portal], sites: Sequence[Site], parents: Mapping[str, str]
) -> list[_Try]:
    taken = [site.id for site in sites]
    tries = []
    for portal in portals:
        name = site_id(portal.url, portal.code, taken)
        taken.append(name)
        parent = ""
        if portal.kind == "department":
            parent = parents.get(portal.host) or _parent_of(portal, sites)
        place = NAME_UNSEEN.sub("", portal.name)
        tries.append(_Try(portal, Site(name, place, portal.code, portal.url, parent=parent)))
    return tries


def _parent_of(portal: Portal, sites: Sequence[Site]) -> str:
    """Return the id of the government that a department belongs to, "" where it is not entered."""
    for site in sites:
        known = portals_by_host().get(host_key(host_of((site.former_urls or (site.url,))[0])))
        is_government = known is None or known.kind == "government"
        if is_government and site.region_code == portal.code and not site.parent:
            return site.id
    return ""


def _moved(tried: _Try, found: ProbeResult) -> _Try | None:
    """Return a portal with the address to which its home page leads, None where it stays."""
    target = found.home.forward
    moves = len(tried.site.former_urls)
    if not target or not is_official(host_of(target)) or moves >= MAX_MOVES:
        return None
    home = urlsplit(target)._replace(query="", fragment="").geturl()
    former = (*tried.site.former_urls, tried.site.url)
    return replace(tried, site=replace(tried.site, url=home, former_urls=former))


def _nothing_found(found: ProbeResult) -> tuple[str, Message | None]:
    """Return why nothing was found, in one word and as a message."""
    counts = found.run.counts
    why = parse_message(found.run.why) if found.run.why else None
    key = why.key if why else ""
    if key == "home_stub" or (found.home.is_stub and found.home.status == 200):
        return "stub", why or message("home_stub", n=found.home.size)
    if found.blocked or BLOCK_REASONS.match(key):
        return "blocked", why or message("block_pages", n=found.blocked)
    if counts.get("robots") and found.home.status == 0:
        return "robots", message("portal_robots")
    if found.home.status != 200 or SILENT_REASONS.match(key):
        return "unreachable", why
    return "no_reports", why


def _leads_to(url: str) -> Message:
    return message("portal_leads_elsewhere", host=host_of(url))


def _with_scheme(site: Site, found: ProbeResult) -> Site:
    """Return a site with the scheme by which its home page answered."""
    scheme = urlsplit(found.home.url).scheme
    if not scheme or host_of(found.home.url) not in (site.host, www_variant(site.host)):
        return site
    return replace(site, url=urlsplit(site.url)._replace(scheme=scheme).geturl())


def _names(portal: Portal) -> tuple[str, ...]:
    return place_names(NAME_UNSEEN.sub("", portal.name))


def _contradicts(portal: Portal, found: ProbeResult) -> bool:
    """Return whether the site code of the pages is that of another division."""
    prefix = region_prefix(portal.code)
    return bool(prefix and found.region_code and not found.region_code.startswith(prefix))


def _name(portal: Portal, found: ProbeResult) -> str:
    """Return what the portal calls itself, where that names the place; else what the table says."""
    names = _names(portal)
    shown = "".join(c if c.isprintable() else " " for c in found.name).strip()
    if any(name in shown for name in names) and len(shown) <= 60:
        return shown
    if portal.confidence == "host" and shown:
        return shown
    place = NAME_UNSEEN.sub("", portal.name)
    is_place = portal.kind == "government" and "政府" not in place
    return f"{place}人民政府" if is_place else place
