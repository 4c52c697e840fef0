"""One report in the terminal: header, the three tables as the form prints them, findings, origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from gongkai.archive.terminal.text_width import (
    fact_lines,
    strip_control_characters,
    table,
    width,
)
from gongkai.catalogue import Language, text
from gongkai.extract.forms import FORM_2021, FORMS, Disclosure, Form
from gongkai.extract.forms.form import Labelled

Record = Mapping[str, Any]
Cells = Mapping[tuple[str, str, str], str]

STATUS = {
    "complete": "report_complete",
    "partial": "report_partial",
    "text_only": "report_text_only",
    "unreadable": "report_unreadable",
    "removed": "report_removed",
}
_LABEL_COLUMNS = 44
_NOT_READ = "?"


CLOCK_NOTES = {"wrong": "clock_was_wrong", "marked": "clock_was_marked"}
"""Opinions of a clock whose dates are not believed, and the texts that say so."""


def render_report(record: Record, lang: Language) -> str:
    """Return a report as text in a language."""
    form = FORMS.get(record["form"], FORM_2021)
    cells = _cells(record, form)
    parts = [
        _header(record, lang),
        _disclosure(form, cells, lang) if record[form.part] else [],
        _requests(form, cells, lang) if record["requests"] else [],
        _litigation(form, cells, lang) if record["review_litigation"] else [],
        _checks(record, lang),
        _origin(record, lang),
    ]
    return strip_control_characters("\n\n".join("\n".join(lines) for lines in parts if lines))


def _cells(record: Record, form: Form) -> dict[tuple[str, str, str], str]:
    """Return the content of every cell: its number, else its text, else a sign of not being read."""
    cells: dict[tuple[str, str, str], str] = {}
    keys = {form.part: "", "requests": "item", "review_litigation": "proceeding"}
    for part, key in keys.items():
        for row in record[part]:
            item = row[key] if key else ""
            for field, value in row.items():
                if field != key:
                    cells[part, item, field] = _NOT_READ if value is None else str(value)
    for note in record["cell_notes"]:
        place = (note["part"], note["item"], note["field"])
        if cells.get(place) == _NOT_READ:
            cells[place] = note["raw"].strip()
    return cells


def _header(record: Record, lang: Language) -> list[str]:
    agency = record["agency"]
    facts = {
        "label_id": record["id"],
        "label_agency": text(
            lang, "agency_in_region", agency=agency["name"], region=agency["region"] or "—"
        ),
        "label_year": str(record["year"]),
        "label_form": str(record["form"]),
        "label_published": record["published_on"] or "—",
        "label_status": text(lang, STATUS[record["status"]]),
        "label_checks": text(lang, "failed_checks_counted", n=record["checks_failed"]),
    }
    title = record["title"] or record["id"]
    return [title, "=" * min(width(title), 100), *_facts(facts, lang)]


def _facts(facts: Mapping[str, str], lang: Language) -> list[str]:
    return fact_lines({text(lang, key): value for key, value in facts.items()})


def _label(part: Labelled, lang: Language) -> str:
    return text(lang, part.label)


def _disclosure(form: Form, cells: Cells, lang: Language) -> list[str]:
    lines = [text(lang, "part_disclosure")]
    for (article, heads), rows in groupby(
        form.disclosures, lambda row: _article_and_heads(row, lang)
    ):
        values = [
            (_label(row, lang), *(cells[form.part, "", c.key] for c in row.columns)) for row in rows
        ]
        widths = [_LABEL_COLUMNS, *(max(12, width(head)) for head in heads)]
        lines += ["", *table([(article, *heads), *values], widths)]
    return lines


def _article_and_heads(row: Disclosure, lang: Language) -> tuple[str, tuple[str, ...]]:
    return row.article, tuple(_label(column, lang) for column in row.columns)


def _requests(form: Form, cells: Cells, lang: Language) -> list[str]:
    heads = [_label(column, lang) for column in form.applicants]
    rows: list[Sequence[str]] = [("", *heads)]
    printed = {""}
    for group, items in groupby(form.items, lambda item: item.group):
        # the headings of groups are printed in Chinese; an English label names its group itself
        if (
            lang == "zh" and group not in printed
        ):  # 三、本年度办理结果 also has （七）, after its groups
            printed.add(group)
            rows.append((group, *[""] * len(form.applicants)))
        indent = "  " if lang == "zh" and group else ""
        rows += [
            (
                indent + _label(item, lang),
                *(cells["requests", item.key, c.key] for c in form.applicants),
            )
            for item in items
        ]
    return [text(lang, "part_requests"), "", *table(rows, _widths(heads))]


def _widths(heads: Sequence[str]) -> list[int]:
    """Return the widths of columns of numbers: Chinese heads wrap anywhere, English words do not."""
    words = ([word for word in head.split() if word.isascii()] for head in heads)
    return [_LABEL_COLUMNS, *(max(8, *map(width, found), 0) for found in words)]


def _litigation(form: Form, cells: Cells, lang: Language) -> list[str]:
    heads = [_label(column, lang) for column in form.results]
    rows: list[Sequence[str]] = [("", *heads)]
    for item in form.proceedings:
        label = _label(item, lang)
        if lang == "zh" and item.zh != item.group:
            label = f"{item.group}：{item.zh}"
        values = (cells["review_litigation", item.key, c.key] for c in form.results)
        rows.append((label, *values))
    return [text(lang, "part_litigation"), "", *table(rows, _widths(heads))]


def _checks(record: Record, lang: Language) -> list[str]:
    if not record["checks"]:
        return []
    lines = [text(lang, "part_checks"), ""]
    for check in record["checks"]:
        lines += check_lines(check, lang)
    return lines


def check_lines(check: Mapping[str, Any], lang: Language) -> Iterator[str]:
    """Yield the lines of one failed check in a language."""
    yield f"✗ {check['rule']} · {check['scope']} · {check['verdict']} · {check['id']}"
    yield f"  {check['message_zh'] if lang == 'zh' else check['message_en']}"


def _origin(record: Record, lang: Language) -> list[str]:
    fetched = record["snapshot"]
    facts = {
        "label_address": record["url"],
        "label_digest": record["digest"],
        "label_first_seen": record["first_seen"],
        "label_last_seen": record["last_seen"],
        "label_versions": str(len(record["revisions"])),
    }
    if fetched:
        facts["label_original"] = text(
            lang,
            "original_in_file",
            file=fetched["warc"],
            offset=fetched["offset"],
            at=fetched["seen_at"],
        )
    if fetched and fetched["clock"] in CLOCK_NOTES:
        facts["label_clock"] = text(lang, CLOCK_NOTES[fetched["clock"]], at=fetched["fetched_at"])
    copies = [f"{text(lang, 'label_copy')}  {copy['url']}" for copy in record["copies"]]
    return [text(lang, "part_origin"), "", *_facts(facts, lang), *copies]
