"""The crawl as commands start it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.archive.commands.shared.clock_check import check_clock
from gongkai.archive.commands.shared.cluster import connected, crawl_engine
from gongkai.archive.commands.shared.crawl_progress import CrawlProgress
from gongkai.archive.commands.shared.options import AT_ONCE, choose_sites
from gongkai.archive.commands.shared.originals import check_folder
from gongkai.archive.errors import ArchiveError
from gongkai.archive.progress import bar_in
from gongkai.archive.terminal.console import language, scrapy_log_level
from gongkai.crawler.sites.registry import RegistryFiles
from gongkai.errors import cause_of
from gongkai.messages import Message

if TYPE_CHECKING:
    from gongkai.crawler.warc.snapshot import Run


def fetch(
    names: Sequence[str],
    snapshots: Path,
    registry: RegistryFiles,
    proxy: str | None,
    settings: Mapping[str, str],
    dask: str | None = None,
    at_once: int = AT_ONCE,
    *,
    region: str = "",
    db: Path | None = None,
    clock_is_right: bool = False,
    warn: Callable[[Message], None] | None = None,
) -> list[Run]:
    """Crawl the named portals (those of a region, or all), here or on a cluster, and return a run for each.

    `at_once` portals are crawled at the same time here; a cluster has a number of its own. Before
    the crawl, the clock is compared with portals, the last run and the reports of the archive `db`;
    `warn` is called with what is odd.

    Raises:
        ArchiveError: a portal or region is unknown, a folder, proxy or setting cannot be used, or the
            clock is wrong.
    """
    from gongkai.crawler.runs.jobs import crawl  # late: Scrapy takes a second to import
    from gongkai.crawler.runs.settings_check import check_settings

    known = registry.load()
    sites = choose_sites(known, names, region)
    check_folder(snapshots)
    if dask:
        with connected(dask):
            pass  # a cluster that does not answer is reported before anything else is done
    try:
        check_settings(settings)
        for warning in check_clock(
            sites, snapshots, proxy, settings, db=db, is_right=clock_is_right
        ):
            if warn:
                warn(warning)
        with closing(CrawlProgress(len(sites), language())) as progress:
            return crawl(
                sites,
                snapshots,
                proxy=proxy,
                settings=scrapy_log_level() | dict(settings),
                progress=progress,
                workers=min(len(sites), at_once),
                engine=crawl_engine(dask) if dask else None,
                program="gongkai.archive.cli",
                others=known,
                begin=bar_in(language()),
            )
    except ValueError as problem:  # a proxy, a setting or an entry of the registry
        raise ArchiveError("crawl_impossible", why=cause_of(problem)) from problem


def beside_nights(settings: Mapping[str, str], snapshots: Path) -> Mapping[str, str]:
    """Return settings with which a probe asks no host that a crawl into a folder asks just now.

    Both take the locks of that folder; where it does not exist, no crawl runs.
    """
    if not snapshots.is_dir():
        return settings
    return {"GONGKAI_LOCKS": str(snapshots.absolute()), **settings}
