"""gongkai demo: a night against a replica of four portals, then the site."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gongkai.archive.commands.nightly import run_night
from gongkai.archive.commands.serve import Listening, run_server
from gongkai.archive.commands.shared import options
from gongkai.archive.terminal.console import command, language, option
from gongkai.crawler.sites.registry import PACKAGED_REGISTRY, RegistryFiles
from gongkai.replica.process import running_replica

QUICK = {"DOWNLOAD_DELAY": "0.02", "AUTOTHROTTLE_ENABLED": "False"}
"""Scrapy settings: our own replica needs no pause between requests."""


@command(help="demo_help", short_help="demo_short")
@options.db
@options.snapshots
@options.port
@option("--no-serve", is_flag=True, help="option_no_serve")
def demo(db: Path, snapshots: Path, port: int, no_serve: bool) -> None:
    """Crawl a replica of four portals on this machine, build the archive, then serve it."""
    if not no_serve:
        _check_port(port)
    with running_replica() as proxy:
        night = run_night((), db, snapshots, RegistryFiles(PACKAGED_REGISTRY), proxy, QUICK)
    click.echo("\n".join(night.lines(language())))
    if no_serve or night.exit_code:
        sys.exit(night.exit_code)
    run_server(db, snapshots, Listening(port))


def _check_port(port: int) -> None:
    """Check that the port is free before the crawl begins.

    Raises:
        CannotServe: the port is taken.
    """
    from gongkai.publish.server.listening import (
        listen,  # late: Datasette takes a second to import
    )

    listen("127.0.0.1", port).close()
