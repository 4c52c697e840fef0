"""One report in the terminal: header, the three tables as the form prints them, findings, origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from gongkai.archive.terminal.text_width import clean, table, width
from gongkai.extract.forms import FORM_2021, FORMS, Disclosure, Form

Record = Mapping[str, Any]
Cells = Mapping[tuple[str, str, str], str]

STATUS = {
    "complete": "完整 complete",
    "partial": "部分可读 partial",
    "text_only": "仅正文 text only",
    "unreadable": "不可读 unreadable",
    "removed": "已撤下 removed",
}
_LABEL = 44
_ABSENT = "?"


def render(record: Record) -> str:
    """Return a report as text."""
    form = FORMS.get(record["form"], FORM_2021)
    cells = _cells(record, form)
    parts = [
        _header(record),
        _active(form, cells) if record[form.part] else [],
        _requests(form, cells) if record["requests"] else [],
        _review(form, cells) if record["review_litigation"] else [],
        _checks(record),
        _origin(record),
    ]
    return clean("\n\n".join("\n".join(lines) for lines in parts if lines))


def _cells(record: Record, form: Form) -> dict[tuple[str, str, str], str]:
    """Return what stands in every cell: its number, else its text, else a sign that it was not read."""
    cells: dict[tuple[str, str, str], str] = {}
    keys = {form.part: "", "requests": "item", "review_litigation": "proceeding"}
    for part, key in keys.items():
        for row in record[part]:
            item = row[key] if key else ""
            for field, value in row.items():
                if field != key:
                    cells[part, item, field] = _ABSENT if value is None else str(value)
    for note in record["cell_notes"]:
        place = (note["part"], note["item"], note["field"])
        if cells.get(place) == _ABSENT:
            cells[place] = note["raw"].strip()
    return cells


def _header(record: Record) -> list[str]:
    agency = record["agency"]
    facts = {
        "编号 id": record["id"],
        "机关 agency": f"{agency['name']}（{agency['region'] or '—'}）",
        "年度 year": str(record["year"]),
        "格式 form": str(record["form"]),
        "发布 published": record["published_on"] or "—",
        "状态 status": STATUS[record["status"]],
        "核对 checks": f"{record['checks_failed']} 项未通过 failed",
    }
    title = record["title"] or record["id"]
    return [title, "=" * min(width(title), 100), *_facts(facts)]


def _facts(facts: Mapping[str, str]) -> list[str]:
    wide = max(width(name) for name in facts)
    return [f"{name}{' ' * (wide - width(name))}  {value}" for name, value in facts.items()]


def _active(form: Form, cells: Cells) -> list[str]:
    lines = ["二、主动公开政府信息情况 Proactive disclosure"]
    for (article, heads), rows in groupby(form.disclosures, _kind):
        values = [(row.zh, *(cells[form.part, "", c.key] for c in row.columns)) for row in rows]
        widths = [_LABEL, *(max(12, width(head)) for head in heads)]
        lines += ["", *table([(article, *heads), *values], widths)]
    return lines


def _kind(row: Disclosure) -> tuple[str, tuple[str, ...]]:
    return row.article, tuple(column.zh for column in row.columns)


def _requests(form: Form, cells: Cells) -> list[str]:
    widths = [_LABEL, *[8] * len(form.applicants)]
    rows: list[Sequence[str]] = [("", *(column.zh for column in form.applicants))]
    printed = {""}
    for group, items in groupby(form.items, lambda item: item.group):
        if group not in printed:  # 三、本年度办理结果 also holds （七）, after its own groups
            printed.add(group)
            rows.append((group, *[""] * len(form.applicants)))
        indent = "  " if group else ""
        rows += [
            (indent + item.zh, *(cells["requests", item.key, c.key] for c in form.applicants))
            for item in items
        ]
    return ["三、收到和处理政府信息公开申请情况 Requests", "", *table(rows, widths)]


def _review(form: Form, cells: Cells) -> list[str]:
    rows: list[Sequence[str]] = [("", *(column.zh for column in form.results))]
    for item in form.proceedings:
        label = item.zh if item.zh == item.group else f"{item.group}：{item.zh}"
        values = (cells["review_litigation", item.key, c.key] for c in form.results)
        rows.append((label, *values))
    widths = [_LABEL, *[8] * len(form.results)]
    return ["四、行政复议、行政诉讼情况 Reviews and litigation", "", *table(rows, widths)]


def _checks(record: Record) -> list[str]:
    if not record["checks"]:
        return []
    return ["未通过的核对 Failed checks", "", *map("\n".join, map(finding, record["checks"]))]


def finding(check: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of one failed check."""
    yield f"✗ {check['rule']} · {check['scope']} · {check['verdict']} · {check['id']}"
    yield f"  {check['message_zh']}"
    yield f"  {check['message_en']}"


def _origin(record: Record) -> list[str]:
    fetched = record["snapshot"]
    facts = {
        "原网址 address": record["url"],
        "指纹 digest": record["digest"],
        "首次见到 first seen": record["first_seen"],
        "最近见到 last seen": record["last_seen"],
        "版本 revisions": str(len(record["revisions"])),
    }
    if fetched:
        facts["原件 original"] = (
            f"{fetched['warc']} @ {fetched['offset']}（{fetched['fetched_at']}）"
        )
    copies = [f"副本 copy  {copy['url']}" for copy in record["copies"]]
    return ["来源 Provenance", "", *_facts(facts), *copies]
