"""gongkai import: what web archives kept, from their files."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.commands.shared.originals import open_originals
from gongkai.archive.commands.shared.web_archives import polite_client, web_archive
from gongkai.archive.errors import ArchiveError
from gongkai.archive.pipeline.import_documents import may_be_reports
from gongkai.archive.progress import progress_in
from gongkai.archive.terminal.console import command, echo, language, option
from gongkai.archive.terminal.import_summary import result_lines
from gongkai.crawler.analysis.analyst import Analyst
from gongkai.crawler.evidence.closing import cover_added
from gongkai.crawler.imports.admission import Admission
from gongkai.crawler.imports.collection_names import NamedCollection
from gongkai.crawler.imports.import_run import Import, SourceResult
from gongkai.crawler.imports.import_sources import find_files
from gongkai.crawler.imports.import_writer import ImportWriter
from gongkai.crawler.sites.registry import RegistryFiles
from gongkai.crawler.sites.site_facts import with_kept_facts
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.webarchives.address_list import read_list
from gongkai.crawler.webarchives.polite_client import ArchiveSilent, BudgetSpent
from gongkai.errors import NEEDS_A_PERSON

MAX_REQUESTS = 1_000_000


@command(name="import", help="import_help", short_help="import_short")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=options.FILE)
@options.unused_db
@options.snapshots
@options.registry
@options.proxy
@options.settings
@option("--collection", default="", metavar="NAME", help="option_collection")
@options.as_json
def import_(
    files: tuple[Path, ...],
    snapshots: Path,
    registry: RegistryFiles,
    proxy: str | None,
    settings: Mapping[str, str],
    collection: str,
    as_json: bool,
) -> None:
    """Take in what web archives kept of portals: WARC, WACZ, ARC, HAR and MHTML files, or folders of them.

    Nothing is read into the archive: `gongkai build` does that.
    """
    entered = registry.load()
    found = [*find_files(files, snapshots)]
    if missing := [path for path in found if not path.is_file()]:
        raise ArchiveError("import_file_missing", path=str(missing[0]))
    if not found:
        raise ArchiveError("import_nothing_found", path=str(files[0]))
    with open_originals(snapshots, create=True) as kept:
        sites = with_kept_facts(entered, kept.sites())
        writer = ImportWriter(kept.folder, kept.index)
        with closing(Analyst()) as analyst:
            run = Import(kept.index, writer, Admission(sites, analyst), may_be_reports, collection)
            archives = _Archives(settings, proxy)
            results = _run(run, found, archives)
        _cover(kept, writer)
    if as_json:
        click.echo(json.dumps([vars(each) for each in results], ensure_ascii=False))
    else:
        click.echo("\n".join(result_lines(results)))
        if any(each.taken for each in results):
            echo("import_then_build")
    sys.exit(NEEDS_A_PERSON if any(each.unread or each.is_damaged for each in results) else 0)


class _Archives:
    """The web archives that lists of addresses name."""

    def __init__(self, settings: Mapping[str, str], proxy: str | None) -> None:
        client = polite_client(settings, MAX_REQUESTS, proxy)
        self._crawl = web_archive("commoncrawl", client, settings)
        self._wayback = web_archive("wayback", client, settings)

    def read_list(self, run: Import, path: Path) -> list[SourceResult]:
        """Take in what the lines of a list name, and return what became of it."""
        total = SourceResult(path.name)
        for line, capture in read_list(path):
            if capture is None:
                total.passed["address"] += 1
                continue
            archive = self._crawl if capture.filename else self._wayback
            try:
                content = archive.record(capture)
            except (ArchiveSilent, BudgetSpent):
                total.unread = "silent"
                break
            if content is None:
                total.passed["no_memento"] += 1
            else:
                run.add(line, content, NamedCollection(capture.collection, ""), total)
        return [total]


def _run(run: Import, files: Sequence[Path], archives: _Archives) -> list[SourceResult]:
    results: list[SourceResult] = []
    try:
        with progress_in(language())("progress_import", len(files)) as step:
            for path in files:
                is_list = path.suffix.lower() == ".txt"
                results += archives.read_list(run, path) if is_list else run.read_file(path)
                step()
        run.finish()
    finally:
        run.close()
    return results


def _cover(kept: Snapshots, writer: ImportWriter) -> None:
    """Add the files that were written to the chain of manifests."""
    cover_added(kept, writer.files)
