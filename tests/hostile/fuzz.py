"""A fuzz of the crawler's page handling: `python -m tests.hostile.fuzz [MINUTES] [SEED] [FOLDER]`.

Pages of the test portals, frozen reports and hostile pages are mutated: cut, joined, repeated,
filled with words that the crawler looks for. Each is analysed as in a crawl, in a process with
limits. The result says how many pages there were and how long the slowest took. Pages that ended in
a fault of ours are kept in a folder, and those that met a limit with the number of their bytes: a
dense page of 4 MB takes longer than a page may, a short one does only by an algorithm that is slow.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from gongkai.crawler.analysis.analyst import AnalysisFailed, AnalysisLimits, Analyst
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.discovery.cms import FAMILIES
from gongkai.crawler.discovery.link_roles import Role, Visit
from tests.hostile.pages import PAGES
from tests.paths import REPORTS
from tests.replica.families.searches import SEARCHES
from tests.replica.families.serving import ALL, layout

MAX_BYTES = 4_000_000
"""Longer pages are not analysed in a crawl."""

SIZES = (50_000,) * 8 + (300_000,) * 8 + (990_000,) * 3 + (MAX_BYTES,)
"""How long a mutated page may become: most are short, for there is more to be tried."""

SHORT_BYTES = 1_000_000
"""A page below this size has no reason to take long."""

OVERSHOOT_SECONDS = 0.1
"""Between the moment at which a page has used its time and the end of its process: the kernel counts
in ticks of 4 to 10 ms."""

SEED_BYTES = 400_000
"""Longer seeds are left out: they have tests of their own."""

WORDS = (
    "政府信息公开", "年度报告", "年报", "2024年", "（本级）", "各县（市、区）", "县直部门", "县政府",
    "<a href=", "<a href='/x/'>", "</a>", "<ul><li>", "<table><tr><td>", "<select onchange='go(1)'>",
    "<option value=9>", "<script>", "</script>", "function go(a){location=", "createPageHTML(", '"+"',
    "<![CDATA[", "]]>", '{"title":"', '","url":"', "[[[[", "((((", "{{{{", "\\u0041", "\\\\", "&#x4e00;",
    "\0", " ", "\n", "\u3000", "'", '"', "<!--", "-->", "data-url='./a/'", "{{paths[3]}}", "共 9 条",
    "onclick=\"location='", "?page=2&page=3", "%C4%EA", "/t20240101_1.html", "javascript:", "<base href=",
)  # fmt: skip
CONTENT_TYPES = (
    "text/html",
    "text/html; charset=utf-8",
    "text/html; charset=gbk",
    "application/json",
    "",
)


@dataclass
class FuzzResult:
    """What a fuzz found: pages, their outcomes, the seconds of the slowest, the kept pages.

    Seconds are those of the processor, without the start of a process. `slowest_short` is about the
    pages below `SHORT_BYTES`. `problems` counts the faults, and the short pages that met a limit
    other than that of depth.
    """

    pages: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_short: float = 0.0
    kept: list[str] = field(default_factory=list)
    problems: int = 0


def seeds() -> list[bytes]:
    """Return the pages that are mutated."""
    found = [path.read_bytes() for path in sorted(REPORTS.rglob("*.html"))]
    for number, family in enumerate((*ALL, *SEARCHES), 1):
        pages = layout(family, number, departments=3, towns=3).pages
        found += [page.body for page in list(pages.values())[:12]]
    found += [maker() for maker in PAGES.values()]
    return [body for body in found if 0 < len(body) <= SEED_BYTES]


def mutate(rng: random.Random, known: Sequence[bytes]) -> bytes:
    """Return a page made of known ones by one to six changes."""
    body = rng.choice(known)
    most = rng.choice(SIZES)
    for _ in range(rng.randint(1, 6)):
        body = rng.choice((_repeat, _repeat, _insert, _insert, _cut, _join, _flip, _swap))(
            rng, body, known
        )[:most]
    return body


def _slice(rng: random.Random, body: bytes, most: int) -> tuple[int, int]:
    start = rng.randrange(len(body) + 1)
    return start, min(len(body), start + rng.randint(1, most))


def _repeat(rng: random.Random, body: bytes, known: Sequence[bytes]) -> bytes:
    start, end = _slice(rng, body, rng.choice((3, 30, 300, 3_000)))
    times = rng.choice((10, 100, 1_000, 30_000, 300_000))
    piece = body[start:end]
    times = min(times, MAX_BYTES // max(1, len(piece)))
    return body[:end] + piece * times + body[end:]


def _insert(rng: random.Random, body: bytes, known: Sequence[bytes]) -> bytes:
    at = rng.randrange(len(body) + 1)
    text = "".join(rng.choices(WORDS, k=rng.randint(1, 5)))
    encoding = rng.choice(("utf-8", "utf-8", "gb18030"))
    return body[:at] + (text * rng.choice((1, 1, 40, 4_000))).encode(encoding) + body[at:]


def _cut(rng: random.Random, body: bytes, known: Sequence[bytes]) -> bytes:
    start, end = _slice(rng, body, max(1, len(body) // 2))
    return body[:start] + body[end:]


def _join(rng: random.Random, body: bytes, known: Sequence[bytes]) -> bytes:
    other = rng.choice(known)
    start, end = _slice(rng, other, len(other))
    at = rng.randrange(len(body) + 1)
    return body[:at] + other[start:end] + body[at:]


def _flip(rng: random.Random, body: bytes, known: Sequence[bytes]) -> bytes:
    changed = bytearray(body or b"<")
    for _ in range(rng.choice((1, 10, 200))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _swap(rng: random.Random, body: bytes, known: Sequence[bytes]) -> bytes:
    old, new = (rng.choice((b"<", b">", b'"', b"'", b"/", b" ", b"td", b"li")) for _ in "ab")
    return body.replace(old, new, rng.choice((1, 50, -1)))


def pages(seed: int) -> Iterator[FetchedPage]:
    """Yield mutated pages without end, in roles and families at random."""
    rng = random.Random(seed)
    known = seeds()
    while True:
        role = rng.choice(list(Role))
        visit = Visit(role, hops=rng.randrange(4), family=rng.choice(list(FAMILIES)))
        yield FetchedPage(
            rng.choice(("http://www.x.gov.cn/", "http://www.x.gov.cn/zwgk/zfxxgk/bmgk/index.html")),
            200,
            rng.choice(CONTENT_TYPES),
            mutate(rng, known),
            visit,
            MAX_BYTES,
        )


def fuzz(seconds: float, seed: int, folder: Path) -> FuzzResult:
    """Analyse mutated pages for so long; pages over their budget and faults are kept in a folder."""
    result = FuzzResult()
    analyst = Analyst(AnalysisLimits())
    ends = time.monotonic() + seconds
    try:
        for page in pages(seed):
            if time.monotonic() > ends:
                return result
            _analyse(page, analyst, result, folder)
    finally:
        analyst.close()
    return result


def _analyse(page: FetchedPage, analyst: Analyst, result: FuzzResult, folder: Path) -> None:
    try:
        found = analyst.analyze(page)
        outcome = f"hostile ({found.limit})" if found.outcome == "hostile" else found.outcome
    except AnalysisFailed as problem:
        outcome = f"fault: {problem}"
    result.pages += 1
    result.outcomes[outcome.partition(":")[0]] += 1
    result.slowest = max(result.slowest, analyst.used)
    if len(page.body) < SHORT_BYTES:
        result.slowest_short = max(result.slowest_short, analyst.used)
    if outcome.startswith(("hostile", "fault")):
        name = f"{sha256(page.body).hexdigest()[:12]}-{page.visit.role}-{page.visit.family}"
        (folder / name).write_bytes(page.body)
        result.kept.append(
            f"{name} {len(page.body):,} bytes {outcome} {page.content_type or '-'} {page.url}"
        )
        is_slow = len(page.body) < SHORT_BYTES and outcome != "hostile (depth)"
        result.problems += outcome.startswith("fault") or is_slow


def main(minutes: float = 60, seed: int = 0, folder: str = "") -> int:
    """Run the fuzz and print its result; return 1 where a page was beyond its budget or in a fault."""
    place = Path(folder or tempfile.mkdtemp(prefix="fuzz-"))
    place.mkdir(parents=True, exist_ok=True)
    result = fuzz(minutes * 60, seed, place)
    print(f"{result.pages} pages in {minutes:g} min, seed {seed}; slowest {result.slowest:.2f} s")
    print(f"slowest below {SHORT_BYTES:,} bytes: {result.slowest_short:.2f} s")
    print(", ".join(f"{name} {count}" for name, count in result.outcomes.most_common()))
    for line in result.kept:
        print(line)
    return (
        1 if result.problems or result.slowest > AnalysisLimits().seconds + OVERSHOOT_SECONDS else 0
    )


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(
        main(
            float(given[0]) if given else 60,
            int(given[1]) if len(given) > 1 else int(time.time()),
            given[2] if len(given) > 2 else "",
        )
    )
