"""Spider classes from the registry: one for each site, with its own code where a module has some."""

from __future__ import annotations

import builtins
from pathlib import Path

from scrapy import Request, Spider
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from gongkai.crawler.discovery.cms import FAMILIES
from gongkai.crawler.sites.registry import RegistryError, Site, load_sites
from gongkai.crawler.spiders.portal import PortalSpider


class SiteLoader(SpiderLoader):
    """Loads the spiders written for single sites (SPIDER_MODULES) and makes the others."""

    def __init__(self, settings: BaseSettings) -> None:
        """Make the spider classes of all sites.

        Raises:
            RegistryError: The registry cannot be used, or names a family that does not exist.
        """
        super().__init__(settings)
        self._made: dict[str, type[Spider]] = {}
        path = settings.get("GONGKAI_SITES")
        for site in load_sites(Path(path) if path else None):
            self._made[site.id] = spider_class(site, self._base_of(site))

    def load(self, spider_name: str) -> type[Spider]:
        """Return the class of a spider.

        Raises:
            KeyError: There is no such spider.
        """
        return self._made[spider_name] if spider_name in self._made else super().load(spider_name)

    def list(self) -> builtins.list[str]:
        """Return the names of all spiders."""
        return sorted({*super().list(), *self._made})

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """Return the names of the spiders that may handle a request."""
        return [name for name in self.list() if self.load(name).handles_request(request)]

    def _base_of(self, site: Site) -> type[PortalSpider]:
        """Return the class written for a site, else the generic one."""
        if site.id not in super().list():
            return PortalSpider
        written = super().load(site.id)
        assert issubclass(written, PortalSpider)
        return written


def spider_class(site: Site, base: type[PortalSpider] = PortalSpider) -> type[PortalSpider]:
    """Return a spider class for a site, derived from `base`.

    Raises:
        RegistryError: The site names a family that does not exist.
    """
    if site.cms not in FAMILIES:
        raise RegistryError("cms_unknown", site=site.id, cms=site.cms, known=", ".join(FAMILIES))
    words = site.id.replace("_", "-").split("-")
    name = "".join(word.capitalize() for word in words) + "Spider"
    return type(name, (base,), {"name": site.id, "site": site, "__doc__": site.name})
