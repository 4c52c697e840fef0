"""Which hosts a crawl may ask: those of the registry, and further ones that are found to be the site's.

Hosts below the portal's own domain are its own where words of disclosure or reports lead there. A
probe also looks at one page of other official hosts, and takes those whose page names the place.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Self

from scrapy.crawler import Crawler

from gongkai.crawler.components.crawl_context import crawled_site, extension_of
from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.discovery.hosts.sister_hosts import (
    host_of,
    is_below,
    is_other_portal,
    is_same_place,
    names_own_disclosure,
    own_domain,
    place_names,
)
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.sites.portals import host_key
from gongkai.crawler.sites.registry import Site, is_official, www_variant

log = logging.getLogger(__name__)

MAX_SISTER_HOSTS = 12
"""Further hosts of one site in one crawl to which links of disclosure lead."""

MAX_REPORT_HOSTS = 100
"""All further hosts, with those to which lists of reports lead; a run that met more has failed."""

MAX_TRIALS = 4
"""Other official hosts of which a probe looks at a page."""


class SiteHosts:
    """The hosts of a site in one crawl. `found` are those that the registry does not name."""

    def __init__(
        self, site: Site, foreign: Collection[str] = (), crawler: Crawler | None = None
    ) -> None:
        self.site = site
        self.crawler = crawler
        self.foreign = {host_key(host) for host in foreign}
        self.hosts: frozenset[str] = site.all_hosts
        self.found: set[str] = set()
        self.on_trial: set[str] = set()
        self.may_try = False
        self.names = place_names(site.name)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension; GONGKAI_FOREIGN_HOSTS are hosts of the other sites of a registry."""
        settings = crawler.settings
        foreign = settings.getlist("GONGKAI_FOREIGN_HOSTS")
        hosts = cls(crawled_site(crawler), foreign, crawler)
        hosts.may_try = settings.getbool("GONGKAI_FIND_HOSTS")
        return hosts

    def consider(self, url: str, visit: Visit, text: str) -> None:
        """Allow the host of a link, where the link shows that it is one of the site's.

        `text` are the words of the link. Reports need none: a list that names them is enough.
        """
        host = host_of(url)
        if not host or host in self.hosts or host in self.on_trial or not self._is_free(host):
            return
        is_door = names_own_disclosure(text, self.names)
        if is_below(host, own_domain(self.site.host)):
            if visit.role in (Role.ARTICLE, Role.DOCUMENT):
                self._add(host, MAX_REPORT_HOSTS)
            elif is_door:
                self._add(host)
        elif self._may_be_tried(host) and is_door and visit.role in (Role.DISCLOSURE, Role.COLUMN):
            self.on_trial.add(host)

    def consider_redirect(self, url: str, visit: Visit | None, text: str) -> None:
        """Allow the host to which an allowed address redirects, as `consider` does for a link.

        The home page needs no words.
        """
        host = host_of(url)
        if visit is None or not host or host in self.hosts:
            return
        if visit.role is not Role.HOME:
            self.consider(url, visit, text)
        elif is_below(host, own_domain(self.site.host)) and self._is_free(host):
            self._add(host)

    def allowed(self) -> frozenset[str]:
        """Return the hosts that may be asked, those on trial included."""
        return self.hosts | self.on_trial if self.on_trial else self.hosts

    def is_on_trial(self, url: str) -> bool:
        """Return whether the page at an address decides whether its host is the site's."""
        return bool(self.on_trial) and host_of(url) in self.on_trial

    def wants_owner(self, url: str, visit: Visit) -> bool:
        """Return whether it has to be known to whom a page belongs."""
        return self.is_on_trial(url) or (
            self.may_try and visit.role is Role.HOME and not self.names
        )

    def learn_name(self, owner: str) -> None:
        """Take the name of the place from the home page, where the registry has none yet."""
        self.names = self.names or place_names(owner.partition("\n")[0])

    def judge(self, url: str, owner: str, code: str) -> bool:
        """Return whether a page on trial names the place; its host is the site's then."""
        if not is_same_place(owner, code, self.site, self.names):
            return False
        host = host_of(url)
        self.on_trial.discard(host)
        return self._add(host)

    def _may_be_tried(self, host: str) -> bool:
        return self.may_try and is_official(host) and len(self.on_trial) < MAX_TRIALS

    def _is_free(self, host: str) -> bool:
        """Return whether a host is known to be no other site's."""
        return host_key(host) not in self.foreign and not is_other_portal(host, self.site)

    def _add(self, host: str, most: int = MAX_SISTER_HOSTS) -> bool:
        if len(self.found) >= most:
            self._count("hosts_beyond")
            return False
        if self.crawler is not None:
            recorder = extension_of(self.crawler, Recorder)
            if not recorder.lock_host(host):
                self._count("hosts_busy")
                return False
        log.info("%s: %s is a host of this site", self.site.id, host)
        self.found.add(host)
        self.hosts |= {host, www_variant(host)}
        return True

    def _count(self, name: str) -> None:
        if self.crawler is not None:
            extension_of(self.crawler, Recorder).count(name)
