"""gongkai import: what web archives kept, from their files."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
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
from gongkai.crawler.imports.import_sources import find_files, megabytes
from gongkai.crawler.imports.import_writer import ImportWriter
from gongkai.crawler.sites.registry import RegistryFiles
from gongkai.crawler.sites.site_facts import with_kept_facts
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.webarchives.address_list import read_list
from gongkai.crawler.webarchives.backfill_state import BackfillState
from gongkai.crawler.webarchives.captures import Capture
from gongkai.crawler.webarchives.polite_client import ArchiveSilent, BudgetSpent
from gongkai.errors import NEEDS_A_PERSON

BUDGET = 20_000
"""Requests for lists of addresses: a night at the pace of Common Crawl, three hours at that of Wayback."""


@command(name="import", help="import_help", short_help="import_short")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=options.FILE)
@options.unused_db
@options.snapshots
@options.registry
@options.proxy
@options.settings
@options.budget(BUDGET, help="option_budget_list")
@option("--collection", default="", metavar="NAME", help="option_collection")
@options.as_json
def import_(
    files: tuple[Path, ...],
    snapshots: Path,
    registry: RegistryFiles,
    proxy: str | None,
    settings: Mapping[str, str],
    budget: int,
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
            with closing(BackfillState(kept.folder)) as state:
                archives = _Archives(settings, proxy, budget, state)
                results = _run(run, found, archives)
        _cover(kept, writer)
    if as_json:
        click.echo(json.dumps([vars(each) for each in results], ensure_ascii=False))
    else:
        click.echo("\n".join(result_lines(results)))
        if any(each.taken for each in results):
            echo("import_then_build")
    is_wrong = any(each.unread not in ("", "budget") or each.is_damaged for each in results)
    sys.exit(NEEDS_A_PERSON if is_wrong else 0)


class _Archives:
    """The web archives that lists of addresses name; what was fetched is not asked for again."""

    def __init__(
        self, settings: Mapping[str, str], proxy: str | None, budget: int, state: BackfillState
    ) -> None:
        client = polite_client(settings, budget, proxy)
        self._crawl = web_archive("commoncrawl", client, settings)
        self._wayback = web_archive("wayback", client, settings)
        self._state = state
        self._fetched: list[tuple[str, Capture]] = []

    def read_list(self, run: Import, path: Path) -> list[SourceResult]:
        """Take in what the lines of a list name, and return what became of it."""
        total = SourceResult(path.name)
        named = [*read_list(path)]
        with progress_in(language())("progress_addresses", len(named)) as step:
            self._fetch(run, named, total, step)
        return [total]

    def _fetch(
        self,
        run: Import,
        named: Sequence[tuple[str, Capture | None]],
        total: SourceResult,
        step: Callable[[], None],
    ) -> None:
        for line, capture in named:
            step()
            if capture is None:
                total.passed["address"] += 1
                continue
            archive = self._crawl if capture.filename else self._wayback
            place = _place(capture)
            if self._state.is_fetched(archive.name, place):
                total.passed["kept_already"] += 1
                continue
            try:
                content = archive.record(capture)
            except ArchiveSilent:
                total.unread = "silent"
                break
            except BudgetSpent:
                total.unread = "budget"
                break
            self._fetched.append((archive.name, place))
            if content is None:
                total.passed["no_memento"] += 1
            else:
                run.add(line, content, NamedCollection(capture.collection, ""), total)

    def note_fetched(self) -> None:
        """Note what was fetched, once all that was held back is decided."""
        for name, place in self._fetched:
            self._state.note_fetched(name, place)
        self._fetched.clear()


def _place(capture: Capture) -> Capture:
    """Return a capture as it is noted: a record of Common Crawl by its place, since its address is not known."""
    if not capture.filename:
        return capture
    return replace(capture, url=capture.filename, at=str(capture.offset))


def _run(run: Import, files: Sequence[Path], archives: _Archives) -> list[SourceResult]:
    results: list[SourceResult] = []
    try:
        lists = [path for path in files if path.suffix.lower() == ".txt"]
        others = [path for path in files if path not in lists]
        with progress_in(language())("progress_import", sum(map(megabytes, others))) as step:
            for path in others:
                results += run.read_file(path, step)
        for path in lists:
            results += archives.read_list(run, path)
        run.finish(progress_in(language()))
        archives.note_fetched()
    finally:
        run.close()
    return results


def _cover(kept: Snapshots, writer: ImportWriter) -> None:
    """Add the files that were written to the chain of manifests."""
    cover_added(kept, writer.files)
