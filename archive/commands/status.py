"""gongkai status: the last run of every portal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.store.database import reader
from gongkai.archive.terminal.console import command, echo, language
from gongkai.archive.terminal.status_report import last_runs, status_lines, with_unbuilt_crawls
from gongkai.archive.workers.document_reader import protections_missing
from gongkai.errors import cause_of

if TYPE_CHECKING:
    from gongkai.crawler.warc.snapshot import Run


@command(help="status_help", short_help="status_short")
@options.db
@options.snapshots
@options.as_json
def status(db: Path, snapshots: Path, as_json: bool) -> None:
    """Show the last crawl of every portal, built or not, and the last build."""
    with reader(db) as conn:
        runs = last_runs(conn, language())
        known = {run for (run,) in conn.execute("SELECT id FROM runs WHERE kind = 'crawl'")}
    crawls = _crawls(snapshots)
    if not known or any(crawl.id in known for crawl in crawls):  # else another archive's
        runs = with_unbuilt_crawls(runs, crawls, known, language())
    if as_json:
        click.echo(json.dumps(runs, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(status_lines(runs, language())))
    if walls := protections_missing():
        echo("walls_missing", err=True, walls=walls)


def _crawls(folder: Path) -> Sequence[Run]:
    """Return the runs of the folder of originals; none where it is missing or cannot be used."""
    from gongkai.crawler.warc.store import StorageError

    if not (folder / "index.db").is_file():
        return ()
    try:
        with open_originals(folder) as kept:
            return kept.runs()
    except StorageError as problem:
        echo("status_without_originals", err=True, why=cause_of(problem))
        return ()
