"""An archive of many made-up reports, in the archive's own schema, for benchmarks of the site."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from archive import search, views
from archive.database import transaction, writer
from extract.forms import FORM_2021
from extract.regions import REGIONS

YEARS = (2020, 2021, 2022, 2023, 2024)
SECTORS = ("工业和信息化", "财政", "公安", "教育", "自然资源", "卫生健康", "民政", "林业")
SENTENCES = (
    "坚持以公开为常态、不公开为例外，主动公开政府信息{n}条。",
    "全年收到依申请公开{n}件，均按时答复，未发生行政复议。",
    "严格执行“三审三校”制度，排查错别字{n}处。",
    "通过微信公众号发布信息{n}条，解读政策文件{n}件。",
    "一是公开内容不够全面，二是业务人员流动频繁，培训不足。",
    "下一步将加强队伍建设，规范依申请公开的登记、审核、办理、答复。",
    "因不予公开引发行政诉讼{n}件，其中维持{n}件，纠正{n}件。",
    "对照《政府信息公开条例》，及时更新法定主动公开内容。",
)
MATERIAL = ("report_summary", "coverage", "reports_by_region", "refusal_reasons")
"""Views that `gongkai publish` turns into tables of the same names."""


def make(path: Path, reports: int = 20_000, seed: int = 1) -> None:
    """Write an archive of so many reports, materialised as a published one is."""
    dice = random.Random(seed)
    with writer(path) as conn, transaction(conn):
        conn.execute("pragma defer_foreign_keys = on")
        _places(conn)
        for row in _agencies(dice, reports // len(YEARS)):
            _put(conn, "agencies", row)
            for year in YEARS:
                if dice.random() > 0.03:
                    _report(conn, dice, row, year)
        search.rebuild_index(conn)
    materialise(path)


def _put(conn: sqlite3.Connection, table: str, *rows: tuple[object, ...]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        conn.executemany(f"insert or ignore into {table} values ({marks})", rows)


def _places(conn: sqlite3.Connection) -> None:
    _put(
        conn,
        "regions",
        *((r.code, r.name, r.full_name, r.level, r.parent_code or None) for r in REGIONS.values()),
    )
    portal = ("portal", "一个网站", "http://example.gov.cn/", None, "trs")
    _put(conn, "sites", portal)
    run = ("run", "crawl", "portal", "2025-06-01T00:00:00Z", "2025-06-01T01:00:00Z", "ok")
    _put(conn, "runs", (*run, 20_000, 20_000, 0, 0, 0, 0, 0))


def _agencies(dice: random.Random, wanted: int) -> Iterator[tuple[str, ...]]:
    codes = [code for code in REGIONS if REGIONS[code].level in ("county", "city")]
    for number in range(wanted):
        code = codes[number % len(codes)]
        sector = SECTORS[number // len(codes) % len(SECTORS)]
        government = number < len(codes) and dice.random() < 0.2
        kind, field = ("government", "") if government else ("department", sector)
        name = f"{REGIONS[code].name}{'人民政府' if government else f'{sector}局'}"
        yield f"{code}-agency-{number:05x}", name, code, REGIONS[code].level, kind, field


def _report(
    conn: sqlite3.Connection, dice: random.Random, agency: tuple[str, ...], year: int
) -> None:
    report, url = f"{agency[0]}-{year}", f"http://example.gov.cn/{agency[0]}/{year}.html"
    digest = f"sha256:{sha256(report.encode()).hexdigest()}"
    seen = ("2025-03-01T02:00:00Z", "2025-06-01T02:00:00Z")
    day = f"{year + 1}-0{dice.choice((1, 1, 1, 2))}-{dice.randint(10, 28)}"
    title = f"{agency[1]}{year}年政府信息公开工作年度报告"
    failed = dice.choices((0, 1, 2), (90, 7, 3))[0]
    _put(conn, "documents", (digest, "text/html", title, "report", "1", ""))
    fetch = (digest[7:39], "portal", url, url, seen[0], 200, "text/html", 30_000, digest)
    _put(conn, "snapshots", (*fetch, "portal-1.warc.gz", 0, "report"))
    row = (report, agency[0], year, "2021", title, day, url, digest, "complete", *seen, failed)
    _put(conn, "reports", row)
    _put(conn, "revisions", (report, digest, url, *seen, 1))
    checks = [
        (f"{digest[7:20]}{place}", report, rule, "total", "source", "12", "11", "不相等", "unequal")
        for place, rule in enumerate(("requests_balance", "text_sum")[:failed])
    ]
    _put(conn, "checks", *checks)
    if dice.random() < 0.05:
        _put(conn, "changes", (report, seen[1], "requests", "new", "total", "1", "0"))
    for number in range(1, 7):
        said = "".join(dice.choice(SENTENCES) for _ in range(6 if number in (1, 5) else 1))
        text = said.format(n=dice.randint(1, 999))
        _put(conn, "sections", (report, number, f"第{number}部分", text))
    _figures(conn, dice, report)


def _figures(conn: sqlite3.Connection, dice: random.Random, report: str) -> None:
    handled = dice.choice((0, 0, 1, 2, 5, 12, 40, 200))
    outcomes = [item.key for item in FORM_2021.items][2:-2]
    counts = dict.fromkeys((item.key for item in FORM_2021.items), 0)
    for _ in range(handled):
        counts[dice.choice((*outcomes, "granted", "granted", "granted"))] += 1
    counts |= {"new": handled, "total_handled": handled}
    fields = len(FORM_2021.applicants)
    _put(
        conn,
        "requests",
        *((report, item, n, *[0] * (fields - 2), n) for item, n in sorted(counts.items())),
    )
    for proceeding in ("review", "suit_after_review", "suit_direct"):
        upheld, corrected = dice.choice((0, 0, 3)), dice.choice((0, 0, 1))
        sides = (upheld, corrected, 0, 0, upheld + corrected)
        _put(conn, "review_litigation", (report, proceeding, *sides))
    _put(conn, "active_disclosure", (report, *[0] * len(FORM_2021.active_keys)))


def materialise(path: Path) -> None:
    """Turn the slow views into tables of the same names."""
    with sqlite3.connect(path) as conn:
        for name in MATERIAL:
            conn.execute(f"create table {name}_made as select * from {name}")
        for name in reversed(views.VIEWS):
            conn.execute(f"drop view {name}")
        for name in MATERIAL:
            conn.execute(f"alter table {name}_made rename to {name}")
        for table, columns in (
            ("report_summary", "agency_id"),
            ("report_summary", "region_code, year"),
            ("coverage", "agency_id"),
            ("coverage", "region_code, year"),
        ):
            name = f"{table}_{columns.split('_')[0]}"
            conn.execute(f"create index {name} on {table} ({columns})")
        conn.execute(f"create view cells as {views.VIEWS['cells']}")
        conn.execute("analyze")
    conn.close()
