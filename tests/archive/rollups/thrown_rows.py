"""Rows of reports, agencies and runs that are thrown with dice, and thrown again: they contradict much."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from gongkai.extract.forms import FORM_2019, FORM_2021
from tests.publish.small_archive import insert

REGIONS = (
    ("640000", "宁夏回族自治区", "宁夏回族自治区", "province", None),
    ("640200", "石嘴山市", "宁夏回族自治区石嘴山市", "city", "640000"),
    ("640202", "大武口区", "宁夏回族自治区石嘴山市大武口区", "county", "640200"),
    ("640221", "平罗县", "宁夏回族自治区石嘴山市平罗县", "county", "640200"),
    ("410000", "河南省", "河南省", "province", None),
)
PLACES = (*(code for code, *_ in REGIONS), None)
SITES = ("weibin", "yongning", "pingluo")
YEARS = (2019, 2020, 2021, 2022, 2023)
OWN_PARTS = (
    *("revisions", "changes", "sections", "active_disclosure", "active_disclosure_2019"),
    *("requests", "review_litigation", "cell_notes", "checks", "absences", "copies"),
)
"""Tables with rows of a report, by `report_id`."""

Row = tuple[object, ...]


@dataclass
class Touched:
    """The ids of what was touched."""

    reports: set[str] = field(default_factory=set)
    agencies: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)


def fill(conn: sqlite3.Connection, dice: random.Random, agencies: int, reports: int) -> None:
    """Put rows into an empty archive."""
    insert(conn, "regions", *REGIONS)
    conn.execute("INSERT INTO due_calendar (day, rules) VALUES ('2024-03-31', '')")
    for site in SITES:
        insert(conn, "sites", (site, site, f"http://{site}.gov.cn/", "640221", "trs"))
        insert(conn, "runs", crawl(dice, site, f"run-{site}"))
    for number in range(agencies):
        put_agency(conn, dice, f"agency-{number}")
    for _ in range(reports):
        put_report(conn, dice)


def crawl(dice: random.Random, site: str, name: str) -> Row:
    """Return a row of `runs`."""
    day = f"{dice.choice((2023, 2024))}-0{dice.randint(1, 9)}-02T02:00:00Z"
    outcome = dice.choice(("ok", "failed"))
    row = (name, "crawl", site, day, day, outcome, 9, 1, 0, 0, 0, dice.choice((0, 0, 3)), 0)
    return (*row, None, None, None, day)


def agency_row(dice: random.Random, name: str) -> Row:
    """Return a row of `agencies`."""
    kind = dice.choice(("government", "office", "department"))
    code = dice.choice(PLACES)
    place = next((region[1] for region in REGIONS if region[0] == code), "")
    body = {"government": "人民政府", "office": "人民政府办公室"}.get(kind) or dice.choice(
        ("财政局", "教育局", "教育局")
    )
    sector = "" if kind == "government" else dice.choice(("财政", "教育"))
    level = dice.choice(("province", "city", "county", "county"))
    return (name, f"{place}{body}", code, level, kind, sector, name)


def put_agency(conn: sqlite3.Connection, dice: random.Random, name: str) -> None:
    """Put an agency with some duties."""
    insert(conn, "agencies", agency_row(dice, name))
    for why in dice.sample(("law", "own_reports", "tree"), dice.randint(0, 2)):
        since, until = dice.choice(((2019, None), (2020, 2022), (2023, None)))
        ground = dice.choice(("government", "department", "town"))
        insert(conn, "duties", (name, since, until, why, ground, None, dice.choice(SITES)))


def put_report(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Put the report of an agency for a year in which it has none."""
    free = conn.execute(
        "SELECT a.id, y.value FROM agencies a, json_each(?) y WHERE NOT EXISTS ("
        " SELECT 1 FROM reports r WHERE r.agency_id = a.id AND r.year = y.value) ORDER BY 1, 2",
        [f"[{', '.join(map(str, YEARS))}]"],
    ).fetchall()
    for table, rows in report_rows(dice, *dice.choice(free)).items():
        insert(conn, table, *rows)


def report_rows(dice: random.Random, agency: str, year: int) -> dict[str, list[Row]]:
    """Return the rows of a report by table."""
    report = f"{agency}-{year}"
    digest, url = f"sha256:{report}", f"http://weibin.gov.cn/{report}"
    first, last = (f"2024-0{dice.randint(3, 9)}-0{dice.randint(1, 9)}T02:00:00Z" for _ in "ab")
    form = "2019" if year < 2021 else dice.choice(("2021", "2021", "none"))
    status = dice.choice(("complete", "complete", "partial", "removed"))
    published = dice.choice((None, f"{year + 1}-01-2{dice.randint(0, 9)}", f"{year + 1}-05-01"))
    failed = dice.choice((0, 0, 1, 2, 3))
    words = "".join(dice.choice("信息公开年度报告行政复议诉讼") for _ in range(20))
    rows: dict[str, list[Row]] = {
        "documents": [(digest, "text/html", report, "report", "1", "")],
        "reports": [
            (
                *(report, agency, year, form, words[:9], published, url, digest, status),
                *(first, last, failed, dice.choice(("own", "compiled")), ""),
            )
        ],
        "revisions": [(report, digest, url, first, last, 1)],
        "sections": [(report, place, f"第{place}部分", words * place, place) for place in (1, 2)],
        "checks": [
            (
                f"{report}-{place}-{dice.random()}",
                report,
                rule,
                "total",
                verdict,
                left,
                "11",
                "",
                "",
            )
            for place, (rule, verdict, left) in enumerate(_checks(dice, failed))
        ],
    }
    for number in range(dice.randint(0, 2)):
        site, fetched = dice.choice(SITES), f"2024-0{dice.randint(3, 9)}-01T00:00:00Z"
        fetch = (f"{report}-{number}-{dice.random()}", site, url, url, fetched, 200, "text/html", 9)
        rows.setdefault("snapshots", []).append(
            (*fetch, digest, "a.warc.gz", 1, "report", None, None, fetched)
        )
    if dice.random() < 0.4:
        items = dice.sample(("new", "carried_in", "total_handled"), 2)
        rows["changes"] = [(report, last, "requests", item, "total", "1", "2") for item in items]
    if status == "removed" and dice.random() < 0.5:
        rows["absences"] = [(report, last, None)]
    rows |= _figures(dice, report, form)
    return rows


def _checks(dice: random.Random, failed: int) -> Iterable[tuple[str, str, str]]:
    for _ in range(failed):
        yield (
            dice.choice(("requests_balance", "text_sum", "deadline")),
            dice.choice(("source", "unsure")),
            dice.choice(("12", "", "x")),
        )


def _figures(dice: random.Random, report: str, form: str) -> dict[str, list[Row]]:
    if form == "none":
        return {}

    def number() -> int | None:
        return dice.choice((None, 0, 0, 1, 2, 30))

    layout = FORM_2019 if form == "2019" else FORM_2021
    rows: dict[str, list[Row]] = {
        "requests": [
            (report, item.key, *(number() for _ in layout.applicants)) for item in layout.items
        ],
        "review_litigation": [
            (report, each.key, *(number() for _ in layout.results)) for each in layout.proceedings
        ],
        layout.part: [(report, *(number() for _ in layout.disclosure_keys))],
        "cell_notes": [(report, "requests", "new", "total", "—", "dash", "")],
    }
    return rows


def delete_report(conn: sqlite3.Connection, report: str) -> None:
    """Delete a report with all its parts."""
    for table in OWN_PARTS:
        conn.execute(f"DELETE FROM {table} WHERE report_id = ?", [report])
    conn.execute("DELETE FROM reports WHERE id = ?", [report])


Change = Callable[[sqlite3.Connection], object]


@dataclass
class Night:
    """Changes to rows of a public file that are thrown and not yet made, and what they touch."""

    conn: sqlite3.Connection
    dice: random.Random
    name: str
    touched: Touched = field(default_factory=Touched)
    changes: list[Change] = field(default_factory=list)

    def throw(self, count: int) -> None:
        """Throw some changes to the rows that stand."""
        reports = self.conn.execute("SELECT id, agency_id, year, rowid FROM reports ORDER BY id")
        standing = reports.fetchall()
        agencies = [name for (name,) in self.conn.execute("SELECT id FROM agencies ORDER BY id")]
        for number in range(count):
            name, agency = f"{self.name}-{number}", self.dice.choice(agencies)
            report, of_agency, year, row = self.dice.choice(standing)
            kind = self.dice.choice(("edit", "edit", "come", "go", "agency", "new", "run", "duty"))
            if kind == "edit":
                self._replace(report, of_agency, year, self.dice.choice((row, row, None)))
            elif kind == "come":
                year = self.dice.choice((*YEARS, 2024))
                self._replace(f"{agency}-{year}", agency, year, None)
            elif kind == "go":
                self._touch(report, of_agency)
                self.changes.append(partial(delete_report, report=report))
            elif kind == "agency":
                self._touch(*(each[0] for each in standing if each[1] == agency), agency)
                self.changes.append(partial(_rename, row=agency_row(self.dice, agency)))
            elif kind == "new":
                self.touched.agencies.add(name)
                dice = random.Random(self.dice.random())
                self.changes.append(partial(put_agency, dice=dice, name=name))
            elif kind == "run":
                row = crawl(self.dice, self.dice.choice(SITES), name)
                self.touched.sites.add(str(row[2]))
                self.changes.append(partial(_put, table="runs", row=row))
            else:
                self.touched.agencies.add(agency)
                self.changes.append(partial(_drop_duties, agency=agency))

    def _touch(self, *names: str) -> None:
        *reports, agency = names
        self.touched.reports.update(reports)
        self.touched.agencies.add(agency)

    def _replace(self, report: str, agency: str, year: int, place: int | None) -> None:
        """Put a report in anew, with a rowid or with the next."""
        self._touch(report, agency)
        self.changes.append(partial(delete_report, report=report))
        for table, rows in report_rows(self.dice, agency, year).items():
            for row in rows:
                self.changes.append(partial(_put, table=table, row=row))
        if place is not None:
            self.changes.append(partial(_number, report=report, place=place))


def _put(conn: sqlite3.Connection, table: str, row: Row) -> None:
    insert(conn, table, row)


def _number(conn: sqlite3.Connection, report: str, place: int) -> None:
    conn.execute("UPDATE reports SET rowid = ? WHERE id = ?", (place, report))


def _drop_duties(conn: sqlite3.Connection, agency: str) -> None:
    conn.execute("DELETE FROM duties WHERE agency_id = ?", [agency])


def _rename(conn: sqlite3.Connection, row: Row) -> None:
    """Give an agency other columns, where it stands."""
    conn.execute(
        "UPDATE agencies SET name = ?2, region_code = ?3, level = ?4, kind = ?5, sector = ?6"
        " WHERE id = ?1",
        row[:6],
    )
