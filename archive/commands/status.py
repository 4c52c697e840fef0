"""gongkai status"""

from __future__ import annotations

import json
from pathlib import Path

import click

from archive.commands import options
from archive.database import reader
from archive.status import last_runs, render


@click.command(short_help="状态 show the last run of every portal")
@options.db
@options.snapshots
@options.as_json
def status(db: Path, snapshots: Path, as_json: bool) -> None:
    """各网站最近一次采集和最近一次建库。

    Show the last crawl of every portal and the last build.
    """
    del snapshots  # every command takes it; the archive has the public copy of the ledger
    with reader(db) as conn:
        runs = last_runs(conn)
    if as_json:
        click.echo(json.dumps(runs, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(render(runs)))
