"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from gongkai.archive.errors import ArchiveError

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)

db: Callable[[F], F] = click.option(
    "--db", type=FILE, default=Path("archive.db"), show_default=True, help="档案 the archive."
)
snapshots: Callable[[F], F] = click.option(
    "--snapshots",
    type=FILE,
    default=Path("snapshots"),
    show_default=True,
    help="原件目录 the folder of originals.",
)
registry: Callable[[F], F] = click.option(
    "--sites",
    "registry",
    type=FILE,
    default=None,
    help="网站登记表 a registry beside the packaged one [default: sites.toml, if there is one].",
)
proxy: Callable[[F], F] = click.option(
    "--proxy", metavar="URL", default=None, help="代理 an HTTP proxy to reach the portals by."
)
settings: Callable[[F], F] = click.option(
    "-s",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    callback=lambda _context, _option, given: parse_settings(given),
    help="Scrapy 设置 a Scrapy setting, such as DOWNLOAD_DELAY=1.",
)
AT_ONCE = 4
at_once: Callable[[F], F] = click.option(
    "--at-once",
    type=click.IntRange(min=1),
    default=AT_ONCE,
    show_default=True,
    metavar="N",
    help="同时采集 portals crawled at the same time; each is asked by one process, and mostly waited for.",
)
dask: Callable[[F], F] = click.option(
    "--dask",
    metavar="ADDRESS",
    default=None,
    help="集群 a Dask scheduler, tcp://host:port, whose workers do the work (extra [cluster]).",
)
as_json: Callable[[F], F] = click.option(
    "--json", "as_json", is_flag=True, help="输出 JSON print JSON, for scripts."
)
port: Callable[[F], F] = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="端口 the port to serve on; 0 takes a free one.",
)


def parse_settings(given: Sequence[str]) -> dict[str, str]:
    """Return NAME=VALUE pairs as a mapping; raises click.BadParameter for anything else."""
    pairs = [text.partition("=") for text in given]
    for name, equals, _ in pairs:
        if not (name.isidentifier() and equals):
            raise click.BadParameter(f"应为 NAME=VALUE expected NAME=VALUE, got {name!r}")
    return {name: value for name, _, value in pairs}


def chosen(sites: Sequence[Any], names: Sequence[str]) -> list[Any]:
    """Return the named sites, or all of them; raises ArchiveError for an unknown one."""
    known = {site.id: site for site in sites}
    if unknown := [name for name in names if name not in known]:
        raise ArchiveError(
            f"未知网站 unknown site: {', '.join(unknown)}; 已知 known: {', '.join(known)}; "
            "enter others in sites.toml or in a file named with --sites"
        )
    return [known[name] for name in dict.fromkeys(names)] if names else list(sites)
