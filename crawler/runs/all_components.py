"""Everything that a crawl loads by name: importing this module imports what the settings name.

The server from which crawls are forked does so once; each crawl finds it loaded.
"""

from __future__ import annotations

from scrapy.settings import Settings
from scrapy.utils.misc import load_object

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
    """Import the modules of all classes that our settings name."""
    settings = Settings()
    settings.setmodule("gongkai.crawler.settings", priority="project")
    for name in component_names(settings):
        load_object(name)


load_all()
