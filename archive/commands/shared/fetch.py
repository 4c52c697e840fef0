"""The crawl as commands start it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from gongkai.archive.commands.shared.cluster import connected, engine
from gongkai.archive.commands.shared.options import AT_ONCE, chosen
from gongkai.archive.errors import ArchiveError
from gongkai.archive.progress import CrawlProgress
from gongkai.crawler.sites.registry import load_sites
from gongkai.crawler.warc.snapshot import Run


def fetch(
    names: Sequence[str],
    snapshots: Path,
    registry: Path | None,
    proxy: str | None,
    settings: Mapping[str, str],
    dask: str | None = None,
    at_once: int = AT_ONCE,
) -> list[Run]:
    """Crawl the named portals (or all), here or on a cluster, and return a run for each.

    :param at_once: how many portals are crawled at the same time here; a cluster has its own number

    :raises ArchiveError: for an unknown portal, or a folder that cannot be used
    """
    from gongkai.crawler.runs.jobs import crawl  # late: Scrapy takes a second to import
    from gongkai.crawler.runs.settings_check import check_settings

    sites = chosen(load_sites(registry), names)
    if snapshots.exists() and not snapshots.is_dir():
        raise ArchiveError(f"{snapshots}: 不是目录 not a directory; name another with --snapshots")
    if dask:
        with connected(dask):
            pass  # said before anything else is done
    check_settings(settings)
    with closing(CrawlProgress(len(sites))) as progress:
        return crawl(
            sites,
            snapshots,
            proxy=proxy,
            settings=settings,
            progress=progress,
            workers=min(len(sites), at_once),
            engine=engine(dask) if dask else None,
            program="gongkai.archive.cli",
        )
