"""gongkai snapshots: the folder of originals verified and indexed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.terminal.console import echo, group, render, render_stored
from gongkai.errors import NEEDS_A_PERSON


@group(help="snapshots_help", short_help="snapshots_short")
def snapshots() -> None:
    """Work on the folder of originals: WARC files, and indexes derived from them."""


@snapshots.command(help="snapshots_verify_help", short_help="snapshots_verify_short")
@options.snapshots
@options.as_json
def verify(snapshots: Path, as_json: bool) -> None:
    """Read every record of every file and compare it with the index.

    Ends with 1 where something does not match.
    """
    from gongkai.crawler.warc.verify import verify_snapshots

    with open_originals(snapshots) as kept:
        done = verify_snapshots(kept)
    wrong = [render_stored(problem) for problem in done.wrong]
    if as_json:
        click.echo(json.dumps({**vars(done), "wrong": wrong}, ensure_ascii=False))
    else:
        counts = (
            render("files_counted", n=done.files),
            render("records_counted", n=done.records),
            render("copies_counted", n=done.copies),
            f"{done.bytes / 1e6:.1f} MB",
        )
        click.echo(" · ".join(counts))
        for name in done.growing:
            echo("file_growing", name=name)
        if wrong:
            echo("mismatches_counted", n=len(wrong))
        else:
            echo("records_verified")
        for problem in wrong:
            click.echo(problem, err=True)
    sys.exit(NEEDS_A_PERSON if wrong else 0)


@snapshots.command(help="snapshots_reindex_help", short_help="snapshots_reindex_short")
@options.snapshots
def reindex(snapshots: Path) -> None:
    """Derive the index again from the WARC files alone."""
    with open_originals(snapshots) as kept:
        kept.reindex()
        count = sum(1 for _ in kept.all())
    echo("copies_counted", n=count)


@snapshots.command(help="snapshots_cdxj_help", short_help="snapshots_cdxj_short")
@options.snapshots
def cdxj(snapshots: Path) -> None:
    """Write a CDXJ file for each WARC file that has none yet, in the folder cdxj/."""
    from gongkai.crawler.warc.cdxj import write_missing

    with open_originals(snapshots) as kept:
        written = write_missing(kept.folder)
    echo("indexes_written", n=len(written), folder=str(snapshots / "cdxj"))
