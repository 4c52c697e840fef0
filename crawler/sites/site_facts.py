"""The facts of the registry under which a portal was crawled, as they are kept with the originals.

The machine that builds need not have the registry of the one that crawled. Without the region of a
portal, the bare names on its pages (财政局) are those of no known agency.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from gongkai.crawler.sites.registry import RegistryError, Site, read_site

SITE_FACTS_FIELD = "site-facts"
"""Field of the record that opens a file: the facts of its portal as JSON in ASCII."""

MAX_SITE_FACTS_CHARS = 16 << 10

_FACTS = ("name", "region_code", "url", "cms", "parent", "hosts", "former_urls")
"""The fields of an entry that a build reads; the others tell how the portal is crawled."""


def stored_facts(site: Site) -> str:
    """Return the facts of a portal in one line, the same for the same facts."""
    facts = {name: value for name in _FACTS if (value := getattr(site, name))}
    # in ASCII: some readers of the record take further characters for ends of lines
    return json.dumps(facts, sort_keys=True)


def site_of_facts(site_id: str, stored: str) -> Site | None:
    """Return a portal from its stored facts; None where these are not what a registry may say.

    Facts that this version does not know are left out.
    """
    if len(stored) > MAX_SITE_FACTS_CHARS:
        return None
    try:
        facts = json.loads(stored)
    except (ValueError, RecursionError):
        return None
    if not isinstance(facts, dict):
        return None
    try:
        return read_site(site_id, {name: facts[name] for name in _FACTS if name in facts}, Path())
    except (RegistryError, ValueError):
        return None


def with_kept_facts(registry: Iterable[Site], kept: Iterable[Site]) -> tuple[Site, ...]:
    """Return the sites of a registry, and those kept with the originals that it does not have.

    They are sorted by id. The registry at hand counts: it may be a correction.
    """
    sites = {site.id: site for site in kept} | {site.id: site for site in registry}
    return tuple(sites[site_id] for site_id in sorted(sites))
