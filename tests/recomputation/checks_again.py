"""The checks once more, from cells and texts: sums of the forms, years, deadlines, words, copies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tests.recomputation.published_tables import (
    APPLICANTS,
    COLUMNS,
    OTHER,
    PROCEEDINGS,
    REFUSED,
    REJECTED,
    RESULTS,
    UNAVAILABLE,
    Number,
    Publication,
    Row,
    added,
    number,
    read_table,
)

Finding = tuple[str, str, str, str, str]
"""Report, rule, scope, verdict, left value."""


class Cells:
    """The cells of one table of a report, as the checks see them."""

    def __init__(self, data: Publication, report: str, part: str) -> None:
        table = data.requests if part == "requests" else data.disputes
        self.rows = {key[1]: row for key, row in table.items() if key[0] == report}
        self.note = {
            (item, field): data.notes.get((report, part, item, field), {}).get("note", "")
            for item, row in self.rows.items()
            for field in row
        }
        all_notes = list(self.note.values())
        zeros = any(value == 0 for row in self.rows.values() for value in row.values())
        self.leaves_zeros_blank = "blank" in all_notes and not zeros

    def is_open(self, item: str, field: str) -> bool:
        """Return whether a cell is blank or a dash."""
        return self.rows[item][field] is None and self.note[item, field] in ("blank", "dash")

    def side(self, cells: Iterable[tuple[str, str]]) -> tuple[Number, int] | None:
        """Return a sum and its blanks, None where a cell is not there or could not be read."""
        total: int | float = 0
        blanks = 0
        for item, field in cells:
            if item not in self.rows:
                return None
            value = self.rows[item][field]
            if value is None and not self.is_open(item, field):
                return None
            blanks += value is None
            total += value or 0
        return total, blanks

    def compare(
        self, left: Iterable[tuple[str, str]], right: Iterable[tuple[str, str]]
    ) -> tuple[str, str] | None:
        """Return verdict and left value of two sides that differ; blanks may stand for zeros."""
        one, other = self.side(left), self.side(right)
        if one is None or other is None or one[0] == other[0]:
            return None
        is_sure = not (one[1] + other[1]) or self.leaves_zeros_blank
        return "source" if is_sure else "unsure", str(one[0])

    def states(self, item: str, total: str, fields: Iterable[str]) -> bool:
        """Return whether a row states its total: a blank one beside numbers is no total of 0."""
        if item not in self.rows or not self.is_open(item, total):
            return True
        return not any(self.rows[item][field] for field in fields)


def arithmetic(data: Publication, report: str) -> Iterator[Finding]:
    """Yield the findings of the sums that the forms demand."""
    form = data.reports[report]["form"]
    asked = Cells(data, report, "requests")
    if asked.rows and form in OTHER:
        yield from _requests(asked, report, OTHER[form])
    disputed = Cells(data, report, "review_litigation")
    for proceeding in PROCEEDINGS:
        if not disputed.rows or not disputed.states(proceeding, "total", RESULTS):
            continue
        parts = [(proceeding, result) for result in RESULTS]
        if said := disputed.compare(parts, [(proceeding, "total")]):
            rule = "review_total" if proceeding == "review" else "litigation_total"
            yield report, rule, proceeding, *said
    for (key, part, _, field), row in data.notes.items():
        if key != report or not part.startswith("active_disclosure"):
            continue
        if row["note"] == "odd" and number(data.disclosures[report][field]) is None:
            yield report, "active_disclosure_cells", field, "source", row["raw"]
    for field, text in data.disclosures.get(report, {}).items():
        value = number(text) if field.endswith("wan_yuan") else None
        if value is not None and value < 0:
            raw = data.notes.get((report, "active_disclosure", "", field), {}).get("raw", text)
            yield report, "active_disclosure_cells", field, "source", raw.replace(" ", "")


def _requests(cells: Cells, report: str, other: tuple[str, ...]) -> Iterator[Finding]:
    outcomes = ("granted", "granted_partly", *REFUSED, *UNAVAILABLE, *REJECTED, *other)
    items = ("new", "carried_in", *outcomes, "total_handled", "carried_out")
    stated = {item: cells.states(item, "total", APPLICANTS) for item in items}
    for column in COLUMNS:
        if column == "total" and not all(stated[item] for item in items):
            usable = {item for item in items if stated[item]}
        else:
            usable = set(items)
        is_stated = not cells.is_open("total_handled", column) or not any(
            cells.rows[item][column] for item in outcomes if item in usable
        )
        balance = {"new", "carried_in", "total_handled", "carried_out"}
        if not is_stated:
            usable -= {"total_handled"}
        if balance <= usable:
            left = [(item, column) for item in ("new", "carried_in")]
            right = [(item, column) for item in ("total_handled", "carried_out")]
            if said := cells.compare(left, right):
                yield report, "requests_balance", column, *said
        if {*outcomes, "total_handled"} <= usable:
            left = [(item, column) for item in outcomes]
            if said := cells.compare(left, [("total_handled", column)]):
                yield report, "requests_outcome_sum", column, *said
    for item in items:
        parts = [(item, column) for column in APPLICANTS]
        if item == "total_handled" and any(
            cells.is_open(item, column) and any(cells.rows[each][column] for each in outcomes)
            for column in APPLICANTS
        ):
            continue
        if stated[item] and (said := cells.compare(parts, [(item, "total")])):
            yield report, "requests_row_total", item, *said


def over_the_years(data: Publication) -> Iterator[Finding]:
    """Yield the findings of two reports of one body, also under the name that it had before."""
    doubtful = {
        row["report_id"]
        for row in read_table(data.folder, "checks")
        if row["verdict"] == "extraction"
    }
    for (agency, year), this in data.by_year.items():
        last = data.by_year.get((agency, year - 1)) or data.by_year.get(
            (data.before.get(agency, ""), year - 1)
        )
        if not last:
            continue
        verdict = "unsure" if {last, this} & doubtful else "source"
        for column in COLUMNS:
            out, into = (
                data.asked(last, "carried_out", column),
                data.asked(this, "carried_in", column),
            )
            if out is not None and into is not None and out != into:
                yield this, "carry_over", column, verdict, str(out)
        if {data.reports[each]["form"] for each in (last, this)} != {"2021"}:
            continue
        before, now = data.disclosures.get(last, {}), data.disclosures.get(this, {})
        for kind in ("regulations", "normative_docs"):
            had, made, repealed, has = (
                number(row.get(f"{kind}_{name}", ""))
                for row, name in (
                    (before, "in_force"),
                    (now, "made"),
                    (now, "repealed"),
                    (now, "in_force"),
                )
            )
            if had is None or made is None or repealed is None or has is None:
                continue
            if had + made - repealed != has:
                yield this, "in_force_continuity", f"{kind}_in_force", verdict, str(has)


def last_day(year: int, kind: str) -> str:
    """Return the last day: 31 March by the text of 2007, 31 January for departments by that of 2019."""
    return f"{year + 1}-03-31" if year < 2019 or kind == "government" else f"{year + 1}-01-31"


def deadlines(data: Publication) -> Iterator[Finding]:
    """Yield what was published late; all was first seen after the deadlines."""
    for report, row in data.reports.items():
        agency, year, day = data.agency(report), int(row["year"]), row["published_on"]
        due = last_day(year, agency["kind"])
        if not day or day <= due:
            continue
        is_named = agency["kind"] == "department" or (
            day > last_day(year, "government") and agency["level"] != "town"
        )
        is_moved = int(day[:4]) > year + 1
        is_sure = (is_named or year < 2019) and not is_moved
        yield report, "deadline", "", "source" if is_sure else "unsure", day


def _said(texts: Mapping[str, str], sentence: str) -> Iterator[int]:
    for text in texts.values():
        yield from map(int, re.findall(sentence, text))


def wording(data: Publication, report: str) -> Iterator[Finding]:
    """Yield what the prose says against the tables, in the sentences that made reports have."""
    texts, year = data.texts[report], int(data.reports[report]["year"])
    new, came, handled, out = (
        data.asked(report, item) for item in ("new", "carried_in", "total_handled", "carried_out")
    )
    review = data.disputed(report, "review", "total")
    if None not in (new, came, handled):
        allowed = {new, handled, added((new, came))}
        for said in _said(texts, r"收到政府信息公开申请(\d+)件"):
            if said not in allowed:
                yield report, "text_requests", "new", "source", str(said)
        for said in _said(texts, r"办结政府信息公开申请(\d+)件"):
            if said not in allowed:
                yield report, "text_handled", "total_handled", "source", str(said)
    for said in _said(texts, r"结转下年度继续办理(\d+)件"):
        if out is not None and said != out:
            yield report, "text_carried", "carried_out", "source", str(said)
    for said in _said(texts, r"行政复议案件(\d+)件"):
        if review is not None and said != review:
            yield report, "text_review", "review", "source", str(said)
    everything = "".join(texts.values())
    for place in re.findall(r"通过(\w{2,6})人民政府门户网站公开", everything):
        if foreign := _foreign(data, report, place):
            yield report, "foreign_place", "", "source", foreign
    if "未收到政府信息公开申请" in everything and new:
        yield report, "text_zero", "new", "source", "0"
    if "未发生因政府信息公开引起的行政复议" in everything and review:
        yield report, "text_zero", "review", "source", "0"
    for total, *parts in re.findall(
        r"信息(\d+)条，其中文件(\d+)条、动态(\d+)条、公告(\d+)条", everything
    ):
        summed = sum(map(int, parts))
        if summed != int(total):
            yield report, "text_sum", "", "unsure" if summed < int(total) else "source", total
    if "公开政府信息 条，" in everything:
        yield report, "placeholder", "1", "source", ""
    for stated in re.findall(r"统计期限自(\d{4})年", everything):
        if int(stated) != year:
            yield report, "period", "", "source", str(year)
    day = data.reports[report]["published_on"]
    if day and int(day[:4]) not in (year, year + 1):
        yield report, "year_sources", "", "unsure", str(year)
    for section in "123456":
        if section not in texts:
            yield report, "section_missing", section, "unsure", ""
        elif section in "156" and not texts[section].strip():
            yield report, "section_empty", section, "unsure", ""


def _foreign(data: Publication, report: str, name: str) -> str:
    """Return the full name of a division that a report names as its own and that is another one.

    A division above its own, one within its own, and one that followed its own are no others.
    """
    own = data.regions[data.agency(report)["region_code"]]
    (named,) = (row for row in data.regions.values() if row["name"] == name)
    is_related = named["code"] in {*_above(data, own), *own["successors"].split()} or own[
        "code"
    ] in _above(data, named)
    return "" if is_related else named["full_name"]


def _above(data: Publication, region: Row) -> set[str]:
    """Return the code of a division and the codes of those above it."""
    codes = {region["code"]}
    while region["parent_code"]:
        region = data.regions[region["parent_code"]]
        codes.add(region["code"])
    return codes


def checks(data: Publication) -> set[Finding]:
    """Return all findings but those of copied texts."""
    found = {*over_the_years(data), *deadlines(data)}
    for report in data.reports:
        found |= {*arithmetic(data, report), *wording(data, report)}
    return found


def similar_pairs(data: Publication) -> set[tuple[str, str]]:
    """Return the reports whose long prose is all but that of an earlier one, with the first of those."""
    prose = {
        report: _bare("".join(texts.get(n, "") for n in "156"))
        for report, texts in data.texts.items()
    }
    shown = sorted(
        (key for key, text in prose.items() if len(text) >= 300),
        key=lambda key: (data.reports[key]["year"], data.reports[key]["published_on"] or "9"),
    )
    pieces = {key: {prose[key][n : n + 5] for n in range(len(prose[key]) - 4)} for key in shown}
    found = set()
    for place, key in enumerate(shown):
        for other in shown[:place]:
            both, either = pieces[key] & pieces[other], pieces[key] | pieces[other]
            if len(both) > 0.8 * len(either):
                found.add((key, other))
    return found


def _bare(text: str) -> str:
    return re.sub(r"20\d\d年|[^\w]", "", text)
