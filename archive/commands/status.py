"""gongkai status: the last run of every portal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.pipeline.builder import rebuilt_file
from gongkai.archive.store.database import reader
from gongkai.archive.terminal.console import command, echo, language, option, render
from gongkai.archive.terminal.metrics import archive_metrics, metrics_text, write_atomically
from gongkai.archive.terminal.status_report import (
    clock_counts,
    clock_line,
    last_runs,
    status_lines,
    with_unbuilt_crawls,
)
from gongkai.archive.workers.reading_conditions import protections_missing
from gongkai.errors import cause_of

if TYPE_CHECKING:
    from gongkai.crawler.warc.snapshot import Run


@command(help="status_help", short_help="status_short")
@options.db
@options.snapshots
@options.as_json
@option("--prometheus", is_flag=True, help="option_prometheus")
@option(
    "--prometheus-file",
    type=options.FILE,
    default=None,
    metavar="FILE",
    help="option_prometheus_file",
)
def status(
    db: Path, snapshots: Path, as_json: bool, prometheus: bool, prometheus_file: Path | None
) -> None:
    """Show the last crawl of every portal, built or not, and the last build.

    With `--prometheus` or `--prometheus-file` they are metrics, on standard output or in a file.
    """
    if as_json and prometheus:
        raise click.UsageError(render("status_json_or_prometheus"))
    with reader(db) as conn:
        runs = last_runs(conn, language())
        clocks = clock_counts(conn)
        known = {run for (run,) in conn.execute("SELECT id FROM runs WHERE kind = 'crawl'")}
    crawls, lost = _unbuilt_crawls(snapshots, known)
    runs = with_unbuilt_crawls(runs, crawls, known, language())
    if lost:
        echo("originals_lost", err=True, n=len(lost), file=lost[0])
    if (left := rebuilt_file(db)).exists():
        echo("rebuild_left", err=True, file=str(left))
    walls = protections_missing()
    if prometheus or prometheus_file:
        with reader(db) as conn:
            metrics = archive_metrics(conn, runs, db, len(walls))
        content = metrics_text(metrics, language())
        if prometheus_file:
            write_atomically(prometheus_file, content)
        if prometheus:
            click.echo(content, nl=False)
        return
    if as_json:
        click.echo(json.dumps(runs, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(status_lines(runs, language())))
        if line := clock_line(clocks, language()):
            click.echo(line)
    if walls:
        echo("walls_missing", err=True, walls=walls)


def _unbuilt_crawls(folder: Path, known: AbstractSet[str]) -> tuple[Sequence[Run], Sequence[str]]:
    """Return the runs of the folder of originals that are not known, and the names of its lost files.

    There are none where the folder is missing, cannot be used, or is that of another archive.
    """
    from gongkai.crawler.warc.store import StorageError

    if not (folder / "index.db").is_file():
        return (), ()
    try:
        with open_originals(folder) as kept:
            ended = set(kept.index.runs.ids())
            runs = kept.runs(sorted(ended - known))  # and those that have not ended
            is_ours = not known or not known.isdisjoint(ended | {run.id for run in runs})
            return runs if is_ours else (), kept.lost()
    except StorageError as problem:
        echo("status_without_originals", err=True, why=cause_of(problem))
        return (), ()
