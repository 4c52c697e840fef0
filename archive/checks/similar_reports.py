"""Comparing the texts of reports: those that changed, and those whose answer may be another because of it.

Reports are taken in order of time. Where a report begins a family or ceases to do so, the later ones that
share a band with it are compared again. Comparing all reports is the same with all of them changed.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from gongkai.archive.checks.comparable_prose import blank_names, prose
from gongkai.archive.checks.facts import ReportFacts
from gongkai.archive.checks.facts_query import FactsReader, section_texts
from gongkai.archive.checks.families import Families, Member, place_of
from gongkai.archive.checks.near_duplicate import SimilarPair, compare_report, near_duplicate
from gongkai.archive.checks.passages import Passage, common_passages
from gongkai.archive.checks.similarity_cache import SimilarityCache
from gongkai.archive.store.ids import agency_of_report
from gongkai.extract.model.report import Finding

Sketches = Callable[[ReportFacts], bytes]
"""Gives the sketch of a report."""


def _agency_and_year(report_id: str) -> tuple[str, int]:
    return agency_of_report(report_id), int(report_id.rpartition("-")[2])


class TextComparison:
    """The comparison of reports in one build. `found` has the findings of the reports compared."""

    def __init__(self, conn: sqlite3.Connection, facts: FactsReader) -> None:
        self._conn = conn
        self._facts = facts
        self._families = Families(conn)
        self._likeness = SimilarityCache(conn)
        self._waiting: list[tuple[str, str]] = []
        self._queued: set[str] = set()
        self._new: dict[str, Member] = {}
        self.found: dict[str, list[Finding]] = {}

    def compare(
        self,
        changed: Collection[ReportFacts],
        gone: Collection[str],
        sketch_of: Sketches,
        step: Callable[[], None],
    ) -> None:
        """Compare reports whose text or date changed, and all that they concern.

        Of `changed`, others may be there, whose agency changed; they are compared where the report of the
        year before is another one now. `step` is called after each.
        """
        left = [found for key in gone if (found := self._families.get(key))]
        unchanged: list[tuple[ReportFacts, Member]] = []
        other = {_agency_and_year(key) for key in gone}
        for report in changed:
            before, now = self._entry(report, sketch_of)
            if now is None:
                unchanged += [(report, before)] if before else []
                continue
            other.add((report.agency_id, report.year))
            left += [before] if before else []
            self._new[report.report_id] = now  # it has no bands until its turn has come
        concerned = {key for each in left if each.is_first for key in self._families.later(each)}
        for member in left:
            self._families.leave(member)
        after = [
            member for report, member in unchanged if (report.agency_id, report.year - 1) in other
        ]
        for member in (*after, *self._new.values(), *self._known(concerned)):
            self._queue(member)
        while self._waiting:
            _, report_id = heapq.heappop(self._waiting)
            self._queued.discard(report_id)
            self._compare(report_id)
            step()

    def _entry(
        self, report: ReportFacts, sketch_of: Sketches
    ) -> tuple[Member | None, Member | None]:
        """Return a report as it was entered, and as it has to be entered now, None where it stays."""
        before = self._families.get(report.report_id)
        is_read = before is not None and self._families.has_current_sketch(report.report_id)
        sketch = before.sketch if before and is_read else sketch_of(report)
        now = Member(report.report_id, place_of(report), False, sketch)
        stays = before is not None and is_read and before.place == now.place
        return before, None if stays else now

    def _known(self, report_ids: Collection[str]) -> Iterator[Member]:
        for report_id in report_ids:
            if member := self._families.get(report_id):
                yield member

    def _queue(self, member: Member) -> None:
        if member.report_id not in self._queued:
            self._queued.add(member.report_id)
            heapq.heappush(self._waiting, (member.place, member.report_id))

    def _compare(self, report_id: str) -> None:
        entered = self._families.get(report_id)
        member = self._new.pop(report_id, None) or entered
        if member is None:
            return  # it was queued, and is gone
        pairs: tuple[SimilarPair, ...] = ()
        is_first = False
        self._likeness.begin(report_id)
        if member.sketch:
            report = self._facts.get(report_id)
            firsts = [self._facts.get(key) for key in self._families.similar_before(member)]
            made = compare_report(report, self._last(report), firsts, self._likeness)
            pairs, is_first = made.pairs, made.is_first
        self._likeness.finish(report_id)
        if entered is None or entered.is_first != is_first:
            if entered:
                self._families.leave(entered)
            now = replace(member, is_first=is_first)
            self._families.enter(now)
            if member.sketch and (entered is not None or is_first):
                for later in self._known(self._families.later(now)):
                    self._queue(later)
        self._note(report_id, pairs)

    def _last(self, report: ReportFacts) -> ReportFacts | None:
        """Return the report of the same agency for the year before, if its text can be compared."""
        last = self._facts.of_year(report.agency_id, report.year - 1)
        member = self._families.get(last.report_id) if last else None
        return last if member and member.sketch else None

    def _note(self, report_id: str, pairs: Collection[SimilarPair]) -> None:
        """Note the findings of a report, and keep the passages that its pairs share."""
        shown = dict(
            self._conn.execute(
                "SELECT twin_id, passage FROM twin_passages WHERE report_id = ? AND number = 1",
                [report_id],
            ).fetchall()
        )
        findings = []
        for pair in pairs:
            twin = pair.earlier.report_id
            quote = shown.pop(twin) if twin in shown else self._show(pair.report, pair.earlier)
            findings.append(near_duplicate(pair, quote))
        self._conn.executemany(
            "DELETE FROM twin_passages WHERE report_id = ? AND twin_id = ?",
            [(report_id, twin) for twin in shown],
        )
        self.found[report_id] = findings

    def _show(self, report: ReportFacts, earlier: ReportFacts) -> str:
        """Store the passages that two reports share, and return the longest."""
        common: tuple[Passage, ...] = common_passages(
            prose(section_texts(self._conn, report.report_id)),
            prose(section_texts(self._conn, earlier.report_id)),
            lambda text: blank_names(text, report.agency, report.region_code),
            lambda text: blank_names(text, earlier.agency, earlier.region_code),
        )
        self._conn.executemany(
            "INSERT INTO twin_passages VALUES (?, ?, ?, ?, ?)",
            [
                (report.report_id, earlier.report_id, number, passage.here, passage.there)
                for number, passage in enumerate(common or (Passage("", ""),), 1)
            ],
        )
        return common[0].here if common else ""
