"""Spider classes from the registry: one per site, with code of its own only where one is written."""

from __future__ import annotations

from pathlib import Path

from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from gongkai.crawler.discovery.cms import FAMILIES
from gongkai.crawler.sites.registry import RegistryError, Site, load_sites
from gongkai.crawler.spiders.portal import PortalSpider


class SiteLoader(SpiderLoader):
    """Loads the spiders written for single sites (SPIDER_MODULES), then makes the others."""

    def __init__(self, settings: BaseSettings) -> None:
        """Raises RegistryError."""
        super().__init__(settings)
        path = settings.get("GONGKAI_SITES")
        for site in load_sites(Path(path) if path else None):
            self._spiders[site.id] = spider_class(site, self._spiders.get(site.id, PortalSpider))


def spider_class(site: Site, base: type[PortalSpider] = PortalSpider) -> type[PortalSpider]:
    """Make the spider class of a site; raises RegistryError for a family that is not known."""
    if site.cms not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise RegistryError(f"[{site.id}] cms = {site.cms!r} is not known; known are: {known}")
    words = site.id.replace("_", "-").split("-")
    name = "".join(word.capitalize() for word in words) + "Spider"
    return type(name, (base,), {"name": site.id, "site": site, "__doc__": site.name})
