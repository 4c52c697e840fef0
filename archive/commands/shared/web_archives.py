"""The web archives that commands ask, at the addresses and the pace that settings give."""

from __future__ import annotations

from collections.abc import Mapping

from gongkai.archive.errors import ArchiveError
from gongkai.crawler import settings as crawl_settings
from gongkai.crawler.spiders.portal import user_agent
from gongkai.crawler.webarchives.backfill_run import WebArchive
from gongkai.crawler.webarchives.common_crawl import CommonCrawl
from gongkai.crawler.webarchives.polite_client import PoliteClient
from gongkai.crawler.webarchives.wayback import Wayback

SOURCES = ("commoncrawl", "wayback")


def polite_client(settings: Mapping[str, str], budget: int, proxy: str | None) -> PoliteClient:
    """Return what asks web archives, at most `budget` times.

    Raises:
        ArchiveError: A setting is wrong.
    """
    return PoliteClient(_user_agent(settings), budget, _pace(settings), proxy or "")


def web_archive(source: str, client: PoliteClient, settings: Mapping[str, str]) -> WebArchive:
    """Return one of the web archives in `SOURCES`.

    Raises:
        ArchiveError: Its address is wrong.
    """
    if source == "wayback":
        return Wayback(client, _setting(settings, "GONGKAI_WAYBACK"))
    return CommonCrawl(
        client,
        _setting(settings, "GONGKAI_COMMONCRAWL_INDEX"),
        _setting(settings, "GONGKAI_COMMONCRAWL_DATA"),
    )


def _setting(settings: Mapping[str, str], name: str) -> str:
    address = settings.get(name, str(getattr(crawl_settings, name)))
    if not address.startswith(("http://", "https://")):
        raise ArchiveError("backfill_address_wrong", name=name, value=address)
    return address


def _pace(settings: Mapping[str, str]) -> float:
    name = "GONGKAI_WEBARCHIVE_PACE"
    given = settings.get(name, str(crawl_settings.GONGKAI_WEBARCHIVE_PACE))
    try:
        pace = float(given)
    except ValueError:
        pace = -1.0
    if not 0 <= pace < 1000:
        raise ArchiveError("backfill_address_wrong", name=name, value=given)
    return pace


def _user_agent(settings: Mapping[str, str]) -> str:
    contact = settings.get("GONGKAI_CONTACT", crawl_settings.GONGKAI_CONTACT)
    return user_agent(contact)
