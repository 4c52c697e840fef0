"""A report as rows of the public data contract: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gongkai.archive.checks.differences import (
    MAX_LENGTH,
    Steps,
    differing_ranges,
    encode_ranges,
)
from gongkai.archive.pipeline.history import History
from gongkai.archive.pipeline.sentence_diff import changed_sentences
from gongkai.archive.store.check_rows import check_rows
from gongkai.extract.forms import FORMS
from gongkai.extract.model.report import Report, Table
from gongkai.extract.model.report_cells import (
    APPLICANTS,
    ITEMS,
    PROCEEDINGS,
    RESULTS,
    report_cells,
)

Row = tuple[object, ...]
Value = int | float | None

PROSE = ("sections", "sentences")
"""Parts of a report whose changes are passages, and not figures."""


def content_rows(report_id: str, report: Report) -> dict[str, list[Row]]:
    """Return the content of a report as rows by table; a table that was not found has no rows."""
    found: dict[str, list[Row]] = {
        "sections": [
            (report_id, s.number, s.heading, s.text, place)
            for place, s in enumerate(report.sections, 1)
        ],
        "cell_notes": sorted(_notes(report_id, report), key=str),
        "checks": check_rows(report_id, report.findings),
        "requests": _values(report_id, report.tables.get("requests"), ITEMS, APPLICANTS),
        "review_litigation": _values(
            report_id, report.tables.get("review_litigation"), PROCEEDINGS, RESULTS
        ),
    }
    for form in FORMS.values():
        rows = _values(report_id, report.tables.get(form.part), ("",), form.disclosure_keys)
        found[form.part] = [(row[0], *row[2:]) for row in rows]  # one row, so it names no item
    return found


def _values(
    report_id: str, table: Table | None, items: Sequence[str], fields: Sequence[str]
) -> list[Row]:
    """Return every row of the form; a cell that was not read is NULL, never zero."""
    if not table:
        return []
    return [
        (report_id, item, *(_value(table, item, field) for field in fields))
        for item in sorted(items)
    ]


def _value(table: Table, item: str, field: str) -> Value:
    cell = table.get(item, {}).get(field)
    return cell.value if cell else None


def _notes(report_id: str, report: Report) -> Iterator[Row]:
    """Yield the note of each cell that has one, and one for each NULL that the tables will have."""
    for cell in report_cells(report):
        if cell.note:
            place = str(cell.place) if cell.place else ""
            yield report_id, cell.part, cell.item, cell.field, cell.raw, cell.note, place


def provenance_rows(report_id: str, history: History) -> dict[str, list[Row]]:
    """Return the rows of `revisions` and `copies`."""
    revisions: list[Row] = [
        (
            report_id,
            revision.version.digest,
            revision.version.url,
            revision.first_seen,
            revision.last_seen,
            int(revision is history.current),
        )
        for revision in history.revisions
    ]
    copies: list[Row] = [
        (
            report_id,
            place.version.digest,
            place.version.url,
            place.version.role,
            place.first_seen,
            place.last_seen,
        )
        for place in history.copies
    ]
    return {"revisions": revisions, "copies": copies}


def change_rows(
    report_id: str, seen_at: str, old: Report, new: Report, steps: Steps | None = None
) -> list[Row]:
    """Return the rows of `changes` between two revisions: cells, sections, sentences that differ.

    A cell is compared where both revisions have it, sections where both have any. White space does
    not count. A section whose text differs gives a row with the whole text and, unless it was
    rewritten, a row for each sentence. `steps` bounds the comparison of sentences.
    """
    sections = list(_section_differences(_sections(old), _sections(new)))
    changed = [
        *_cell_differences(old.tables, new.tables),
        *sections,
        *_sentence_differences(sections, Steps() if steps is None else steps),
    ]
    return [(report_id, seen_at, *change) for change in sorted(changed, key=str)]


def mark_rows(changes: Iterable[Row], steps: Steps) -> list[Row]:
    """Return the rows of `change_marks`: where the two texts of a changed passage differ.

    A passage without a row differs as a whole: one of its texts is missing, or is long.
    """
    found: list[Row] = []
    for *key, old, new in changes:
        if key[2] not in PROSE or not (isinstance(old, str) and isinstance(new, str)):
            continue
        if max(len(old), len(new)) <= MAX_LENGTH:
            ranges = differing_ranges(old, new, steps)
            found.append((*key, *map(encode_ranges, ranges)))
    return found


def _cell_differences(old: Mapping[str, Table], new: Mapping[str, Table]) -> Iterator[Row]:
    for part in sorted(set(old) & set(new)):
        before, after = _raws(old[part]), _raws(new[part])
        for item, field in sorted(set(before) & set(after)):
            one, other = before[item, field], after[item, field]
            if _squashed(one) != _squashed(other):
                yield part, item, field, one, other


def _raws(table: Table) -> dict[tuple[str, str], str]:
    return {(item, field): cell.raw for item, row in table.items() for field, cell in row.items()}


def _sections(report: Report) -> dict[int, tuple[str, str]]:
    joined: dict[int, tuple[str, str]] = {}
    for section in report.sections:
        heading, text = joined.get(section.number, ("", ""))
        joined[section.number] = (
            heading or section.heading,
            f"{text}\n{section.text}" if text else section.text,
        )
    return joined


def _section_differences(
    old: Mapping[int, tuple[str, str]], new: Mapping[int, tuple[str, str]]
) -> Iterator[tuple[str, str, str, str | None, str | None]]:
    for number in sorted(set(old) | set(new) if old and new else ()):
        before, after = old.get(number), new.get(number)
        for place, field in enumerate(("heading", "text")):
            one = before[place] if before else None
            other = after[place] if after else None
            if _squashed(one) != _squashed(other):
                yield "sections", str(number), field, one, other


def _sentence_differences(
    sections: Iterable[tuple[str, str, str, str | None, str | None]], steps: Steps
) -> Iterator[Row]:
    """Yield the sentences that differ, numbered within their section."""
    for _, number, field, old, new in sections:
        if field == "text" and old and new:
            for place, (one, other) in enumerate(changed_sentences(old, new, steps), 1):
                yield "sentences", number, f"{place:04}", one, other


def _squashed(text: str | None) -> str | None:
    return None if text is None else "".join(text.split())
