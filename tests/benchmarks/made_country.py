"""A made-up country of any size: originals by their index, and an archive built from them.

The archive goes through the project's own loader. The index of the originals is filled in bulk, without
WARC files: a document is the number of its report, and a reader that knows what the number stands for
takes the place of the extractor. Later fetches are real ones, written and read as in any night.

python -m tests.benchmarks.made_country 5000 FOLDER
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.workers.process_pool import EncodedReading, Task, encode_reading
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.parse import HeaderList
from gongkai.crawler.warc.snapshot import IndexEntry, Run, Snapshot
from gongkai.crawler.warc.store import Snapshots
from gongkai.extract.chinese.divisions import Region, regions
from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.report import Agency, Cell, Reading, Report, Section, Table
from gongkai.extract.report import read

YEARS = range(2008, 2025)
FETCHES = 5
"""Fetches of each address: the first one, then four that found it unchanged."""

SECTORS = (
    "教育", "民政", "司法", "财政", "自然资源", "住房和城乡建设", "交通运输", "水利", "农业农村", "文化和旅游",
    "卫生健康", "审计",
)  # fmt: skip
MADE = "made-"
_OPENINGS = (
    "认真贯彻落实《中华人民共和国政府信息公开条例》", "坚持以公开为常态、不公开为例外", "围绕中心工作和群众关切",
    "进一步健全信息发布审核机制", "持续优化门户网站栏目设置", "不断拓宽政务新媒体发布渠道", "严格落实保密审查制度",
    "加强对基层站所的业务指导", "聚焦重点领域信息公开", "规范依申请公开办理流程", "健全政策解读与回应机制",
    "完善主动公开目录的动态调整",
)  # fmt: skip
_DOINGS = (
    "由主要负责同志亲自部署", "明确专人负责日常维护", "对发布内容逐条登记核对", "按季度开展自查并限期整改",
    "邀请服务对象代表参加座谈", "组织业务骨干参加集中培训", "将完成情况纳入年度考核", "会同相关科室建立联络员制度",
    "对历年信息集中清理归档", "通过多种形式开展宣传解读", "及时更新机构职能和联系方式", "与档案馆图书馆共建查阅点",
)  # fmt: skip
_ENDS = (
    "全年发布信息{n}条。", "较上年增加{n}条。", "办理群众来电来信{n}件次。", "召开专题会议{n}次。", "培训人员{n}人次。",
    "制作图解、视频等解读材料{n}份。", "转载上级文件{n}份。", "整改问题栏目{n}个。", "接受社会评议{n}次。", "未发生泄密事件。",
)  # fmt: skip

_CHARACTERS = sorted(set("".join((*_OPENINGS, *_DOINGS))) - set("《》、"))
"""Of which clauses are made up that no other county has: else all reports of the country were alike."""


@dataclass(frozen=True, slots=True)
class MadeReport:
    """One report of the country: a county, one of its bodies, a year."""

    number: int
    region: Region
    sector: str
    year: int

    @property
    def agency(self) -> Agency:
        """The reporting agency: a department, or the government where no sector is named."""
        if not self.sector:
            name = f"{self.region.name}人民政府"
            return Agency(name, self.region.code, "county", "government", "")
        name = f"{self.region.name}{self.sector}局"
        return Agency(name, self.region.code, "county", "department", self.sector)

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"http://www.m{self.region.code}.gov.cn/xxgk/{self.year}/{self.number}.html"

    @property
    def body(self) -> bytes:
        """What stands for its document: its number."""
        return str(self.number).encode()


def made_report(number: int) -> MadeReport:
    """Return the report of a number; a county has 221 of them, one after the other."""
    bodies = ("", *SECTORS)
    place, year = divmod(number, len(YEARS))
    county, body = divmod(place, len(bodies))
    codes = _counties()
    return MadeReport(number, regions()[codes[county % len(codes)]], bodies[body], YEARS[year])


@cache
def _counties() -> tuple[str, ...]:
    return tuple(code for code, region in regions().items() if region.level == "county")


def sites(reports: int) -> list[Site]:
    """Return the portals of so many reports, one for each county."""
    last = made_report(max(0, reports - 1)).region.code
    codes = _counties()[: _counties().index(last) + 1]
    return [
        Site(f"m{code}", f"{regions()[code].name}人民政府", code, f"http://www.m{code}.gov.cn/")
        for code in codes
    ]


def reading_of(made: MadeReport) -> Reading:
    """Return what the document of a report says, the same for the same number."""
    dice = random.Random(made.number)
    agency, year = made.agency, made.year
    title = f"{agency.name}{year}年政府信息公开工作年度报告"
    sections = tuple(
        Section(n, f"第{n}部分", f"{title}。" + _prose(made, n) if n == 1 else _prose(made, n))
        for n in range(1, 7)
    )
    day = f"{year + 1}-01-{dice.randint(10, 31)}"
    report = Report(title, year, "2021", day, agency, "complete", sections, _tables(dice))
    return Reading("report", "text/html", title, report)


def _prose(made: MadeReport, number: int) -> str:
    """Return a section of a report.

    A seventh of the bodies copy the template of their county, a sixth their own last year. The others take two
    sentences of three from the template of the county, as those of one region do.
    """
    length = {1: 26, 5: 7, 6: 9}.get(number, 0)
    template = [_sentence(random.Random(f"{made.region.code} {number} {n}")) for n in range(length)]
    dice = random.Random(f"{made.number} {number}")
    if made.sector and SECTORS.index(made.sector) % 7 == 3:
        return "".join(template)
    own_year = made.year - 1 if made.number % 6 == 1 else made.year
    own = random.Random(f"{made.region.code} {made.sector} {own_year} {number}")
    mixed = [each if own.random() < 0.66 else _sentence(own) for each in template]
    return "".join(mixed) + (f"另有文件{dice.randint(1, 99)}份。" if length else "")


def _sentence(dice: random.Random) -> str:
    end = dice.choice(_ENDS).format(n=dice.randint(2, 999))
    own = "".join(dice.choices(_CHARACTERS, k=12))
    return f"{dice.choice(_OPENINGS)}，{dice.choice(_DOINGS)}，{own}，{own[::-1]}，{end}"


def _tables(dice: random.Random) -> dict[str, Table]:
    handled = dice.choice((0, 0, 1, 2, 5, 12, 40))
    counted = {"new": handled, "granted": handled, "total_handled": handled}
    fields = [column.key for column in FORM_2021.applicants]
    requests: Table = {
        item.key: {
            field: _cell(counted.get(item.key, 0) if field in (fields[0], fields[-1]) else 0)
            for field in fields
        }
        for item in FORM_2021.items
    }
    proceedings = {
        p.key: {c.key: _cell(0) for c in FORM_2021.results} for p in FORM_2021.proceedings
    }
    disclosure = {key: _cell(0) for key in FORM_2021.disclosure_keys}
    return {
        FORM_2021.part: {"": disclosure},
        "requests": requests,
        "review_litigation": proceedings,
    }


def _cell(value: int) -> Cell:
    return Cell(str(value), value)


class MadeSnapshots(Snapshots):
    """A folder whose made-up originals have no files."""

    def body(self, snapshot: Snapshot) -> bytes:
        """Return the number of a made-up report, or a real document."""
        if not snapshot.warc.startswith(MADE):
            return super().body(snapshot)
        return snapshot.url.rpartition("/")[2].removesuffix(".html").encode()

    def headers(self, snapshot: Snapshot) -> HeaderList:
        """Return no headers for a made-up document."""
        return [] if snapshot.warc.startswith(MADE) else super().headers(snapshot)


def read_made(tasks: Iterable[Task]) -> Iterator[tuple[Task, EncodedReading]]:
    """Read made-up documents from their numbers, real ones in this process."""
    for task in tasks:
        made = task.body.decode() if task.body.isdigit() else ""
        reading = reading_of(made_report(int(made))) if made else read(task.body, task.source)
        yield task, encode_reading(reading)


def fill_index(snapshots: Snapshots, reports: int) -> None:
    """Add the fetches of so many reports, in order of time, and a run for each night and portal."""
    index = snapshots.index
    for night in range(FETCHES):
        at = f"2025-0{night + 2}-01T02:00:00Z"
        with index.batch():
            for site in sites(reports):
                run = sha256(f"{site.id} {night}".encode()).hexdigest()[:32]
                index.add_file(f"{MADE}{site.id}-{night}.warc.gz", site.id, run, at)
                index.add_run(Run(run, site.id, at, at, "ok", {"requests": 400}))
            for number in range(reports):
                index.add(_entry(made_report(number), night, at))


def _entry(made: MadeReport, night: int, at: str) -> IndexEntry:
    digest = f"sha256:{sha256(made.body).hexdigest()}"
    first, key = (sha256(f"{made.number} {when}".encode()).hexdigest()[:32] for when in (0, night))
    site = f"m{made.region.code}"
    snapshot = Snapshot(
        *(key, site, made.url, made.url, at, 304 if night else 200, "text/html", 30_000, digest),
        *(f"{MADE}{site}-{night}.warc.gz", made.number),
    )
    kind = ("revisit", "", first) if night else ("response", digest, "")
    return IndexEntry(snapshot, *kind, f'"{digest[7:20]}"', "", "")


def make(folder: Path, reports: int) -> Path:
    """Make originals and archive of so many reports below a folder, and return the archive."""
    archive = folder / "archive.db"
    with MadeSnapshots(folder / "snapshots") as snapshots:
        fill_index(snapshots, reports)
        build(archive, BuildJob(snapshots, sites(reports), read=read_made, today="2025-06-01"))
    return archive


def main() -> None:
    """Make a country: `python -m tests.benchmarks.made_country N FOLDER`."""
    if len(sys.argv) != 3 or not sys.argv[1].isdecimal():
        sys.exit("python -m tests.benchmarks.made_country N FOLDER")
    archive = make(Path(sys.argv[2]), int(sys.argv[1]))
    sys.stdout.write(f"{archive}: {archive.stat().st_size / 1e6:.0f} MB\n")


if __name__ == "__main__":
    main()
