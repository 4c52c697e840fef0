"""gongkai status"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import originals
from gongkai.archive.store.database import reader
from gongkai.archive.terminal.status_report import last_runs, render, with_newer
from gongkai.catalogue import error_text, language_of_environment


@click.command(short_help="状态 show the last run of every portal")
@options.db
@options.snapshots
@options.as_json
def status(db: Path, snapshots: Path, as_json: bool) -> None:
    """各网站最近一次采集和最近一次建库。

    Show the last crawl of every portal, built or not, and the last build.
    """
    with reader(db) as conn:
        runs = last_runs(conn)
        known = {run for (run,) in conn.execute("SELECT id FROM runs WHERE kind = 'crawl'")}
    crawls = _crawls(snapshots)
    if not known or any(crawl.id in known for crawl in crawls):  # else another archive's
        runs = with_newer(runs, crawls, known)
    if as_json:
        click.echo(json.dumps(runs, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(render(runs)))


def _crawls(folder: Path) -> Sequence[Any]:
    """Give the runs of the folder of originals, none where there is none or it cannot be used here."""
    from gongkai.crawler.warc.store import StorageError

    if not (folder / "index.db").is_file():
        return ()
    try:
        with originals(folder) as kept:
            runs: Sequence[Any] = kept.runs()
            return runs
    except StorageError as problem:
        why = error_text(language_of_environment(), problem)
        click.echo(f"只显示已建库的 only what was built is shown: {why}", err=True)
        return ()
