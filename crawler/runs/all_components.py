"""Everything that a crawl loads by name or reads from tables: importing this module does so.

The server from which crawls are forked does it once; each crawl, and the process that analyses its
pages, find it done. What cannot be loaded is left to the crawl that needs it: that one fails, and says why.
"""

from __future__ import annotations

from contextlib import suppress

from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from gongkai.crawler.analysis.page_analysis import analyze
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.sites.portals import portals_by_host

COMPONENTS = ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES")
"""Settings that map names to an order; Scrapy's own part of each is added."""

CLASSES = (
    "DOWNLOADER",
    "DUPEFILTER_CLASS",
    "ITEM_PROCESSOR",
    "LOG_FORMATTER",
    "SCHEDULER",
    "SCHEDULER_DISK_QUEUE",
    "SCHEDULER_MEMORY_QUEUE",
    "SCHEDULER_PRIORITY_QUEUE",
    "STATS_CLASS",
    "TWISTED_DNS_RESOLVER",
)
"""Settings that name one class."""


def component_names(settings: Settings) -> list[str]:
    """Return the names of the classes that a crawl with these settings loads."""
    ordered = [settings.get_component_priority_dict_with_base(name) for name in COMPONENTS]
    handlers = [name for name in settings["DOWNLOAD_HANDLERS"].values() if name]
    return [*(name for each in ordered for name in each), *handlers, *map(settings.get, CLASSES)]


def load_all() -> None:
    """Import the modules of all classes that our settings name, and read the tables of a crawl."""
    settings = Settings()
    settings.setmodule("gongkai.crawler.settings", priority="project")
    for name in component_names(settings):
        # whatever a module raises would end the server of all crawls
        with suppress(Exception):
            load_object(name)
    with suppress(Exception):
        portals_by_host()
    page = '<a href="/nb/">政府信息公开年报</a>'.encode()
    with suppress(Exception):
        analyze(FetchedPage("http://localhost/", 200, "text/html", page, Visit(Role.HOME)))


load_all()
