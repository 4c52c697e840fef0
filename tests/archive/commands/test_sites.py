"""`gongkai sites`: a portal nobody has entered is probed, entered, and later checked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from gongkai.crawler.sites.registry import Site, load_sites
from gongkai.crawler.warc.locks import HostLock
from gongkai.replica.server import Replica
from tests.archive.folder import Command
from tests.archive.refusal import refused
from tests.replica.families.fetched import GkmlptLayout
from tests.replica.families.layout import Layout
from tests.replica.families.paged import TrsLayout
from tests.replica.families.serving import layout, serve

ENTRY = """\
[trs1]
name = "安和县人民政府"
region_code = "640221"
url = "http://www.trs1.gov.cn/"
cms = "trs"
min_reports = 9  # 18 were named by its lists on {day}
"""


@pytest.fixture(scope="module")
def portals() -> list[Layout]:
    return [layout(TrsLayout, 1), layout(GkmlptLayout, 2)]


@pytest.fixture
def replica(portals: list[Layout]) -> Iterator[Replica]:
    with Replica(pages=serve(portals)) as running:
        yield running


@pytest.fixture
def sites(run: Command, replica: Replica, tmp_path: Path) -> Command:
    """Runs `gongkai sites` with the replica as its way out and a registry of its own."""

    def called(command: str, *words: object) -> Result:
        way = () if command == "list" else ("--proxy", replica.url, "-s", "DOWNLOAD_DELAY=0")
        return run("sites", command, *words, "--sites", tmp_path / "own.toml", *way)

    return called


def test_a_portal_that_a_crawl_asks_just_now_is_left_alone(
    sites: Command, tmp_path: Path, replica: Replica
) -> None:
    """A probe takes the lock of a host as a night does, among the originals of the night."""
    portal = Site("night", "安和县", "640221", "http://www.trs1.gov.cn/")
    asked = len(replica.asked("trs1"))
    with HostLock(tmp_path / "snapshots", portal):
        refused(sites("add", "www.trs1.gov.cn"), "正由另一进程采集", str(os.getpid()))
    assert len(replica.asked("trs1")) == asked
    assert not (tmp_path / "own.toml").exists()


def test_a_portal_is_probed_and_entered(sites: Command, tmp_path: Path, replica: Replica) -> None:
    result = sites("add", "www.trs1.gov.cn")

    assert result.exit_code == 0, result.output
    written = (tmp_path / "own.toml").read_text()
    day = written.rpartition(" ")[2].strip()
    assert written == ENTRY.format(day=day)
    assert result.stdout.splitlines()[:9] == [
        "网站  安和县人民政府 · http://www.trs1.gov.cn/",
        "地区  640221 宁夏回族自治区石嘴山市平罗县",
        "系统  trs (trs ×26)",
        "页面  34，拦截 0",
        "单位  4",
        "报告  列出 18，核实 12/12",
        "  本级: 2",
        "  部门: 8",
        "  乡镇街道: 8",
    ]
    assert len(replica.asked("trs1")) == 34  # of 18 reports on three lists some are only counted
    assert not list(tmp_path.glob("snapshots*"))  # a probe leaves nothing behind
    refused(sites("add", "trs1.gov.cn", "--id", "other"), "已登记为 trs1")


def test_what_was_found_is_given_as_json_and_may_be_only_looked_at(
    sites: Command, tmp_path: Path
) -> None:
    result = sites("add", "http://www.gkmlpt2.gov.cn", "--dry-run", "--json", "--id", "gd")

    found = json.loads(result.stdout)
    assert found["entry"] == {
        "id": "gd", "name": found["entry"]["name"], "region_code": "640221",
        "url": "http://www.gkmlpt2.gov.cn/", "cms": "gkmlpt", "min_reports": 9, "hosts": [],
    }  # fmt: skip
    assert (found["reports"], found["levels"]) == (18, {"county": 2, "department": 8, "town": 8})
    assert {column["rows"] for column in found["columns"]} == {2, 10}
    assert not (tmp_path / "own.toml").exists()


def test_a_portal_that_drifted_is_shown(
    sites: Command, tmp_path: Path, replica: Replica, portals: list[Layout]
) -> None:
    registry = tmp_path / "own.toml"
    registry.write_text(ENTRY.format(day="2026-01-01").replace("640221", "640121"))
    home = "http://www.trs1.gov.cn/"

    result = sites("check", "trs1")
    assert (result.exit_code, result.stdout) == (
        1,
        "trs1: 列出 18 份报告 · 有变化：登记的区划代码为 640121，网页显示为 640221\n",
    )
    registry.write_text(ENTRY.format(day="2026-01-01"))
    assert sites("check", "trs1").exit_code == 0

    root = portals[0].home_of(portals[0].place.root)
    replica.pages.edit(home, root, "/xwzx/")
    result = sites("check", "trs1", "--json")
    assert result.exit_code == 1
    (found,) = json.loads(result.stdout)
    assert (found["reports"], found["drift"]) == (0, ["没有找到年报栏目"])


def test_words_that_are_not_known_yet_are_named(
    sites: Command, tmp_path: Path, replica: Replica, portals: list[Layout]
) -> None:
    root = portals[0].home_of(portals[0].place.root)
    door = '<a href="/zwgk/tk/">各条块口</a>'
    replica.pages.edit("http://www.trs1.gov.cn/", f'<a href="{root}">', f'{door}<a href="{root}">')
    (tmp_path / "own.toml").write_text(ENTRY.format(day="2026-01-01"))

    named = sites("check", "trs1").stdout.splitlines()[1:]
    assert named == [
        "  与公开栏目相邻而未跟进的链接有 1 个（文字、页数、网址）：",
        "    各条块口 ×1 http://www.trs1.gov.cn/zwgk/tk/",
    ]
    (found,) = json.loads(sites("check", "trs1", "--json").stdout)
    assert found["unfollowed"] == [
        {"text": "各条块口", "pages": 1, "url": "http://www.trs1.gov.cn/zwgk/tk/"}
    ]


def test_a_registry_stays_as_it_is_where_nothing_is_found(
    sites: Command, tmp_path: Path, replica: Replica
) -> None:
    (tmp_path / "own.toml").write_text("# mine\n")
    replica.pages.edit("http://www.trs1.gov.cn/", "zfxxgk", "elsewhere")
    refused(sites("add", "www.trs1.gov.cn"), "没有找到年报")
    refused(sites("add", "www.absent.gov.cn", "-s", "RETRY_TIMES=0"), "没有找到年报")
    assert (tmp_path / "own.toml").read_text() == "# mine\n"
    assert [path.name for path in tmp_path.iterdir() if "own" in path.name] == ["own.toml"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["www.clone.com"], "不在 gov.cn 之下"),
        (["ftp://www.x.gov.cn/"], "不是网站地址"),
        (["nowhere"], "不是网站地址"),
        (["www.pingluo.gov.cn"], "已登记为 pingluo"),
        (["pingluo.gov.cn", "--id", "other"], "已登记为 pingluo"),
        (["www.x.gov.cn", "-s", "RETRY_TIMES=often"], "RETRY_TIMES 的值不能是“often”"),
        (["www.x.gov.cn", "--id", "added"], "不合规则"),
        (["www.x.gov.cn", "--id", "pingluo"], "已被"),
        (["www.x.gov.cn", "--region", "999999"], "没有这个行政区划代码"),
        (["10.0.0.1", "--host", "10.0.0.1"], "--id"),
    ],
)
def test_what_cannot_be_entered_is_said_before_anything_is_asked(
    sites: Command, replica: Replica, words: list[str], why: str
) -> None:
    refused(sites("add", *words), why)
    assert replica.requests == []


def test_the_registry_is_listed(sites: Command, run: Command) -> None:
    listed = json.loads(run("sites", "list", "--json").stdout)
    assert [site["id"] for site in listed] == [site.id for site in load_sites()]
    assert "平罗县人民政府" in run("sites", "list").stdout
