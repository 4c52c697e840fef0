"""gongkai add: documents from disk."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.due_day import due_day
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.errors import ArchiveError
from gongkai.archive.lineage.corrections import Correction
from gongkai.archive.pipeline.add_file import (
    Article,
    Overrides,
    describe_result,
    store_file,
)
from gongkai.archive.pipeline.builder import BuildJob
from gongkai.archive.pipeline.builder import build as build_archive
from gongkai.archive.progress import bar_in, progress_in
from gongkai.archive.store.database import reader
from gongkai.archive.terminal.console import (
    command,
    echo,
    echo_error,
    echo_next,
    language,
    option,
    render,
)
from gongkai.archive.workers.file_readings import readable_name
from gongkai.crawler.evidence.closing import cover_added, cover_leftovers
from gongkai.crawler.sites.registry import RegistryFiles
from gongkai.crawler.sites.site_facts import with_kept_facts
from gongkai.crawler.warc.snapshot import Snapshot
from gongkai.pasted_address import clean_address


@command(help="add_help", short_help="add_short")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=options.FILE)
@options.db
@options.snapshots
@options.registry
@options.corrections
@options.unisolated_libreoffice
@option("--url", default="", metavar="URL", help="option_url")
@option("--agency", default="", metavar="NAME", help="option_agency")
@option("--year", type=click.IntRange(1990, 2100), help="option_year")
def add(
    files: tuple[Path, ...],
    db: Path,
    snapshots: Path,
    registry: RegistryFiles,
    corrections: tuple[Correction, ...],
    url: str,
    agency: str,
    year: int | None,
) -> None:
    """Add documents from disk.

    A file is kept as an original with what the operator states of it, so that it survives a
    rebuild. A file that is refused does not keep the others from being added. With `--url` the
    first file is the page at this address and the others are its annexes: together one report. If
    the page is refused, so are they.
    """
    url = clean_address(url) if url else ""
    entered = registry.load()
    overrides = Overrides(url, agency, year)
    refused = 0
    with open_originals(snapshots, create=True) as kept:
        added: list[tuple[Path, Snapshot]] = []
        page: Article | None = None
        sites = with_kept_facts(entered, kept.sites())
        cover_leftovers(kept, bar_in(language()))
        for file in files:
            try:
                snapshot, found = store_file(kept, file, overrides, sites, page)
                added.append((file, snapshot))
                page = page or (found if url else None)
            except ArchiveError as problem:
                refused += 1
                echo_error(problem)
                if url and page is None:
                    break  # annexes without their page belong to nothing
        cover_added(kept, [snapshot.warc for _, snapshot in added])
        if added:
            job = BuildJob(
                kept,
                sites,
                progress=progress_in(language()),
                today=due_day({}),
                corrections=corrections,
            )
            for unknown in build_archive(db, job).unknown_corrections:
                echo("lineage_line_unknown", err=True, line=unknown.line)
    if added:
        with reader(db) as conn:
            for file, snapshot in added:
                click.echo(f"{readable_name(file)}: {render(describe_result(conn, snapshot))}")
        echo_next("next_show")
    sys.exit(ArchiveError.exit_code if refused else 0)
