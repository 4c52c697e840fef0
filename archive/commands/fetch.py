"""The crawl as commands start it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from archive.commands.options import chosen
from archive.errors import ArchiveError
from archive.progress import shown
from crawler.registry import load_sites


def fetch(
    names: Sequence[str],
    snapshots: Path,
    registry: Path | None,
    proxy: str | None,
    settings: Mapping[str, str],
) -> list[Any]:
    """Crawl the named portals (or all) and return a run for each.

    :raises ArchiveError: for an unknown portal, or a folder that cannot be used
    """
    from crawler.jobs import crawl  # late: Scrapy takes a second to import

    sites = chosen(load_sites(registry), names)
    if snapshots.exists() and not snapshots.is_dir():
        raise ArchiveError(f"{snapshots}: 不是目录 not a directory; name another with --snapshots")
    with shown()("采集 crawl", len(sites)) as step:
        runs: list[Any] = crawl(
            sites, snapshots, proxy=proxy, settings=settings, progress=lambda *_: step()
        )
    return runs
