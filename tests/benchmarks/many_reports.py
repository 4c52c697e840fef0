"""An archive of many made-up reports, in the archive's own schema: for benchmarks, and to try publishing.

python -m tests.benchmarks.many_reports 5000 archive.db
"""

from __future__ import annotations

import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from itertools import count, islice
from pathlib import Path

from gongkai.archive.store import search
from gongkai.archive.store.database import transaction, writer
from gongkai.archive.store.names import name_index
from gongkai.extract.chinese.divisions import regions
from gongkai.extract.forms import FORM_2021

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


def make(path: Path, reports: int = 20_000, seed: int = 1) -> None:
    """Write an archive of so many reports, the same for the same seed."""
    dice = random.Random(seed)
    with writer(path) as conn, transaction(conn):
        conn.execute("pragma defer_foreign_keys = on")
        _places(conn)
        for agency, year in islice(_due(dice), reports):
            _put(conn, "agencies", agency)
            _report(conn, dice, agency, year)
        search.rebuild_index(conn)
        name_index.write_names(conn)


def _put(conn: sqlite3.Connection, table: str, *rows: tuple[object, ...]) -> None:
    if rows:
        names = [name for _, name, *_ in conn.execute(f"PRAGMA table_info({table})")]
        columns, marks = ", ".join(names[: len(rows[0])]), ", ".join("?" * len(rows[0]))
        conn.executemany(f"insert or ignore into {table} ({columns}) values ({marks})", rows)


def _places(conn: sqlite3.Connection) -> None:
    _put(
        conn,
        "regions",
        *(
            (r.code, r.name, r.full_name, r.level, r.parent_code or None)
            for r in regions().values()
        ),
    )
    portal = ("portal", "一个网站", "http://example.gov.cn/", None, "trs")
    _put(conn, "sites", portal)
    run = ("run", "crawl", "portal", "2025-06-01T00:00:00Z", "2025-06-01T01:00:00Z", "ok")
    _put(conn, "runs", (*run, 20_000, 20_000, 0, 0, 0, 0, 0, None, None))


def _due(dice: random.Random) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the agencies and years of reports; now and then one is missing."""
    for agency in _agencies(dice):
        for year in YEARS:
            if dice.random() > 0.03:
                yield agency, year


def _agencies(dice: random.Random) -> Iterator[tuple[str, ...]]:
    codes = [code for code in regions() if regions()[code].level in ("county", "city")]
    for number in count():
        code = codes[number % len(codes)]
        sector = SECTORS[number // len(codes) % len(SECTORS)]
        government = number < len(codes) and dice.random() < 0.2
        kind, field = ("government", "") if government else ("department", sector)
        name = f"{regions()[code].name}{'人民政府' if government else f'{sector}局'}"
        yield f"{code}-agency-{number:05x}", name, code, regions()[code].level, kind, field


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
    _put(conn, "snapshots", (*fetch, "portal-1.warc.gz", 0, "report", None))
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
        _put(conn, "sections", (report, number, f"第{number}部分", text, number))
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
    _put(conn, "active_disclosure", (report, *[0] * len(FORM_2021.disclosure_keys)))


def main() -> None:
    """Make an archive of so many reports: `python -m tests.benchmarks.many_reports N DB`."""
    if len(sys.argv) != 3 or not sys.argv[1].isdecimal():
        sys.exit("python -m tests.benchmarks.many_reports N DB")
    path = Path(sys.argv[2])
    if path.exists():
        sys.exit(f"{path}: 文件已存在 there is such a file already")
    make(path, int(sys.argv[1]))
    with closing(sqlite3.connect(path)) as conn:
        (made,) = conn.execute("SELECT count(*) FROM reports").fetchone()
    sys.stdout.write(f"{made} reports, {path.stat().st_size / 1e6:.0f} MB: {path}\n")


if __name__ == "__main__":
    main()
