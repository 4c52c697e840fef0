"""Which jobs wait for each other: sites with a host in common, and those of one parent.

The departments of a city mostly stand on one server, whatever their hosts are called; they are
crawled one after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from gongkai.crawler.discovery.hosts.sister_hosts import is_below, own_domain
from gongkai.crawler.runs.site_crawl import Job
from gongkai.crawler.sites.portals import host_key
from gongkai.crawler.sites.registry import Site


def families_of(jobs: Sequence[Job]) -> list[list[Job]]:
    """Return the jobs in families, each in the order of the jobs; one job of a family runs at a time."""
    family_of: dict[str, list[Job]] = {}
    families: list[list[Job]] = []
    for job in jobs:
        keys = [*_keys(job.site)]
        met = list({id(known): known for key in keys if (known := family_of.get(key))}.values())
        family = met[0] if met else []
        if not met:
            families.append(family)
        for other in met[1:]:
            family += other
            families.remove(other)
            family_of |= {key: family for key, known in family_of.items() if known is other}
        family.append(job)
        family_of |= dict.fromkeys(keys, family)
    place = {id(job): number for number, job in enumerate(jobs)}
    return [sorted(family, key=lambda job: place[id(job)]) for family in families]


def foreign_hosts(sites: Collection[Site]) -> Mapping[str, str]:
    """Return for each site, by id, the hosts below its domain that are other sites', with commas."""
    by_domain: dict[str, list[str]] = {}
    domains = {site.id: own_domain(site.host) for site in sites}
    wanted = set(filter(None, domains.values()))
    for host in sorted({host_key(host) for site in sites for host in site.all_hosts}):
        for domain in _domains_above(host):
            if domain in wanted:
                by_domain.setdefault(domain, []).append(host)
    found = {}
    for site in sites:
        own = {host_key(host) for host in site.all_hosts}
        below = [host for host in by_domain.get(domains[site.id], []) if host not in own]
        found[site.id] = ",".join(host for host in below if is_below(host, domains[site.id]))
    return found


def _keys(site: Site) -> Iterator[str]:
    """Yield what ties a site to others: its hosts, and the id of its parent or its own."""
    yield f"site {site.parent or site.id}"
    yield f"site {site.id}"
    for host in sorted(site.all_hosts):
        yield f"host {host_key(host)}"


def _domains_above(host: str) -> Iterator[str]:
    while "." in host:
        yield host
        host = host.partition(".")[2]
