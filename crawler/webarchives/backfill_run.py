"""One backfill: the indexes of a web archive are read for portals, and what may be a report is fetched.

A question to the index of a part is asked once; a record is noted as fetched when it is kept, or known to be
none. Where the budget ends, or the archive asks to be left alone, the next run goes on there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import Protocol

from gongkai.crawler.discovery.urls import canonical_url_key
from gongkai.crawler.imports.collection_names import NamedCollection
from gongkai.crawler.imports.import_run import Import, SourceResult
from gongkai.crawler.long_work import BeginWork, unseen
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.tables.page_notes import PRESENT_OUTCOMES
from gongkai.crawler.webarchives.backfill_state import BackfillState
from gongkai.crawler.webarchives.captures import Capture, wanted
from gongkai.crawler.webarchives.polite_client import ArchiveSilent, BudgetSpent


class WebArchive(Protocol):
    """An index of captures and the records themselves."""

    name: str

    def parts(self, since: int) -> list[str]:
        """Return the parts of the index that have captures since a year."""
        ...

    def question(self, part: str) -> str:
        """Return what a part is asked for: another question is asked though the part was read before."""
        ...

    def captures(self, part: str, host: str) -> Iterator[list[Capture]]:
        """Yield the captures of a host."""
        ...

    def record(self, capture: Capture) -> bytes | None:
        """Return the record of a capture, None where there is none."""
        ...


@dataclass
class HostResult:
    """What became of a host: captures in the index, those to fetch, and those fetched in this run.

    `why` is what ended the run before its end, "" where it was not ended: budget, or what the archive
    said.
    """

    host: str
    captures: int = 0
    wanted: int = 0
    fetched: int = 0
    absent: int = 0
    why: str = ""
    records: list[SourceResult] = field(default_factory=list)


class Backfill:
    """Asks one web archive for portals, one host after the other."""

    def __init__(
        self,
        archive: WebArchive,
        state: BackfillState,
        work: Import,
        index: SnapshotIndex,
        since: int,
    ) -> None:
        self._archive = archive
        self._state = state
        self._work = work
        self._index = index
        self._since = since
        self._parts: list[str] | None = None
        self._held: list[Capture] = []

    def run(
        self, hosts: Sequence[str], step: Callable[[], None], begin: BeginWork = unseen
    ) -> list[HostResult]:
        """Return what became of hosts; `step` is called after each of them.

        `begin` shows how far the captures of a host are fetched.

        The first host that cannot be finished ends the run.

        Raises:
            StorageError: The folder cannot be written to.
        """
        results = []
        for host in hosts:
            result = HostResult(host)
            results.append(result)
            try:
                self._read_index(host)
                self._fetch(host, result, begin)
            except BudgetSpent:
                result.why = "budget"
            except ArchiveSilent as problem:
                result.why = str(problem) or "silent"
            self._finish()
            step()
            if result.why:
                break
        return results

    def _finish(self) -> None:
        """Decide on what was held back; only then it counts as fetched."""
        self._work.finish()
        for capture in self._held:
            self._state.note_fetched(self._archive.name, capture)
        self._held.clear()

    def _read_index(self, host: str) -> None:
        name = self._archive.name
        if self._parts is None:
            self._parts = self._archive.parts(self._since)
        for part in self._parts:
            question = self._archive.question(part)
            if self._state.is_asked(name, host, question):
                continue
            for page in self._archive.captures(part, host):
                self._state.add(name, host, part, page)
            self._state.finish(name, host, question)

    def _fetch(self, host: str, result: HostResult, begin: BeginWork) -> None:
        name = self._archive.name
        found = [*self._state.captures(name, host, f"{self._since:04d}")]
        chosen = [*wanted(found, self._known(host), {host})]
        result.captures, result.wanted = len(found), len(chosen)
        left = [each for each in dict.fromkeys(chosen) if not self._state.is_fetched(name, each)]
        with begin("progress_captures", len(left)) as step:
            for capture in left:
                self._fetch_one(capture, result)
                step()

    def _fetch_one(self, capture: Capture, result: HostResult) -> None:
        content = self._archive.record(capture)
        result.fetched += 1
        if content is None:
            result.absent += 1
        else:
            result.records.append(self._add(capture, content))
            if not result.records[-1].is_decided:
                self._held.append(capture)
                return
        self._state.note_fetched(self._archive.name, capture)

    def _add(self, capture: Capture, content: bytes) -> SourceResult:
        source = capture.filename or f"{self._archive.name} {capture.at} {capture.url}"
        where = f"{source}@{capture.offset}" if capture.filename else source
        return self._work.add(where, content, NamedCollection(capture.collection, ""))

    def _known(self, host: str) -> Set[str]:
        """Return the keys of the addresses of a host that held a report or a file of one."""
        return {
            key
            for note in self._index.notes.all()
            if note.outcome in PRESENT_OUTCOMES
            and (key := canonical_url_key(note.url)).startswith(f"{host}/")
        }
