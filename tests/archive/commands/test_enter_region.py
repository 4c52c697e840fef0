"""`gongkai sites add --region`: all known portals of a region, entered as they are met."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from gongkai.crawler.sites.registry import RegistryError, Site, read_registry
from gongkai.crawler.warc.locks import HostLock
from tests.archive.folder import Command
from tests.archive.refusal import refused
from tests.replica.families.region import served_region

GONGKAI = Path(sys.executable).with_name("gongkai")
FAST = (
    "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False", "-s", "GONGKAI_RETRY_WAIT=0.05",
    "-s", "GONGKAI_BLOCK_DELAY=0",
)  # fmt: skip
OWN = ("--only-sites", "own.toml")

ENTERED = (
    "宁夏回族自治区、银川市、永宁县、灵武市、石嘴山市、惠农区、平罗县、吴忠市、红寺堡区、同心县、"
    "固原市、西吉县、隆德县、泾源县、彭阳县、中卫市、沙坡头区、中宁县、海原县"
)
REPORT = f"""\
探查 28 个网站：
  已登记 19 个：{ENTERED}
  已登记（迁址） 2 个：兴庆区 → www.new-xqq.gov.cn、原州区 → www.new-yzh.gov.cn
  转向别处 1 个：西夏区
  属于别处 1 个：利通区
  没有找到年报 1 个：青铜峡市
  被拦截 1 个：金凤区
  robots.txt 禁止 1 个：大武口区
  首页只有脚本 1 个：盐池县
  无法访问 1 个：贺兰县
"""
FAILED_LINES = [
    "640105 西夏区：转向别处：转向 www.nx-sjk.gov.cn，该网站的首页没有提到这个地方",
    "640106 金凤区：被拦截：没有找到报告；1 个拦截页（云堤 1）",
    "640122 贺兰县：无法访问：无法取得 www.nxhl.gov.cn 的 robots.txt，今夜不访问（RFC 9309）。HTTP 502：网站服务器出错。请改日再试",
    "640202 大武口区：robots.txt 禁止：robots.txt 不允许访问首页",
    "640302 利通区：属于别处：网页自称“河湾县人民政府”，标识码属于 410122",
    "640323 盐池县：首页只有脚本：首页只有 86 字节，内容全由脚本生成。请改以政府信息公开栏目的网址登记",
    "640381 青铜峡市：没有找到年报：没有找到报告",
]


def entries(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the entries of a registry file by code: id, address, further hosts, former addresses."""
    return {
        site.region_code: (site.id, site.url, *site.hosts, *site.former_urls)
        for site in read_registry(path).values()
    }


def test_the_governments_of_a_region_are_entered_as_they_are_met(
    run: Command, tmp_path: Path
) -> None:
    with served_region("64") as (proxy, requests):
        result = run(
            "sites", "add", "--region", "64", "--kind", "government", *OWN, "--proxy", proxy, *FAST
        )
        asked_first = len(requests)
        again = run(
            "sites", "add", "--region", "64", "--kind", "government", *OWN, "--proxy", proxy, *FAST
        )
        assert len(requests) == asked_first  # nothing is left to be asked

    assert result.exit_code == 1, result.output
    lines, report = result.stdout[: -len(REPORT)].splitlines(), result.stdout[-len(REPORT) :]
    assert report == REPORT
    assert [line.partition(" ")[0] for line in lines] == [f"[{n}/28]" for n in range(1, 29)]
    told = sorted(line.partition(" ")[2] for line in lines)
    assert [line for line in told if "已登记" not in line] == FAILED_LINES
    assert "640402 原州区：已登记（迁址） new-yzh http://www.new-yzh.gov.cn/，列出 3 份报告" in told

    own = entries(tmp_path / "own.toml")
    assert len(own) == 21
    assert own["640104"] == ("new-xqq", "http://www.new-xqq.gov.cn/", "http://www.xqq.gov.cn/")
    assert own["640181"] == ("nxlw", "http://www.nxlw.gov.cn/")  # behind a cookie
    assert own["640200"] == (
        "shizuishan",
        "http://www.shizuishan.gov.cn/",
        "xxgk.shizuishan.gov.cn",
    )
    assert own["640300"] == ("wuzhong", "http://www.wuzhong.gov.cn/", "www.wuzhongxxgk.gov.cn")
    assert own["640500"] == ("nxzw", "http://www.nxzw.gov.cn/")  # known with https
    with (tmp_path / "own.failed.csv").open(encoding="utf-8") as source:
        assert [(row["code"], row["outcome"]) for row in csv.DictReader(source)] == [
            ("640105", "elsewhere"), ("640106", "blocked"), ("640122", "unreachable"),
            ("640202", "robots"), ("640302", "other_place"), ("640323", "stub"),
            ("640381", "no_reports"),
        ]  # fmt: skip

    assert again.exit_code == 0
    assert again.stdout == (
        "探查 0 个网站：\n未探查：已登记 21 个，不久前未成功 7 个（重试请加 --again）\n"
    )
    listed = json.loads(
        run("sites", "list", "--region", "64", "--state", "failed", "--json", *OWN).stdout
    )
    assert [each["outcome"] for each in listed][:2] == ["elsewhere", "blocked"]
    assert listed[1]["why"] == "没有找到报告；1 个拦截页（云堤 1）"
    table = run("sites", "list", "--region", "6401", "--kind", "government", "--csv", *OWN).stdout
    states = [(row["state"], row["code"]) for row in csv.DictReader(table.splitlines())]
    assert states == [
        ("entered", "640100"), ("entered", "640104"), ("failed", "640105"), ("failed", "640106"),
        ("entered", "640121"), ("failed", "640122"), ("entered", "640181"),
    ]  # fmt: skip


def test_a_run_that_was_killed_goes_on_where_it_was(run: Command, tmp_path: Path) -> None:
    words = ["sites", "add", "--region", "6401", "--kind", "government", *OWN, "--at-once", "1"]
    with served_region("6401") as (proxy, requests):
        process = subprocess.Popen(
            [GONGKAI, *words, "--proxy", proxy, *FAST],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"GONGKAI_LANG": "zh"},
            start_new_session=True,
        )
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        before = settled(tmp_path / "own.toml")
        requests.clear()
        result = run(*words, "--proxy", proxy, *FAST)

    done = int(re.search(r"已登记 (\d+) 个，不久前未成功 (\d+) 个", result.stdout)[1])  # type: ignore[index]
    assert done == len(before) >= 1
    asked = {url.split("/")[2] for _, url, _ in requests}
    assert not asked & {url.split("/")[2] for _, url, *_ in before.values()}
    after = entries(tmp_path / "own.toml")
    assert set(after) == {"640100", "640104", "640121", "640181"}
    assert before.items() <= after.items()


def settled(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the entries of a registry once no process writes to it any more."""
    for _ in range(50):
        before = path.read_text(encoding="utf-8")
        time.sleep(0.1)
        if path.read_text(encoding="utf-8") == before:
            return entries(path)
    raise RegistryError("registry_unreadable", path=str(path), why="still written")


def test_what_failed_is_tried_again_when_it_is_due(run: Command, tmp_path: Path) -> None:
    failed = tmp_path / "own.failed.csv"
    head = "code,name,url,on,outcome,why\n"
    row = "640121,永宁县,http://www.nxyn.gov.cn/,{},blocked,x\n"
    words = ("sites", "add", "--region", "640121", *OWN, "--dry-run")
    failed.write_text(head + row.format("2999-01-01"), encoding="utf-8")
    assert "nxyn" not in run(*words).stdout
    assert "nxyn" in run(*words, "--again").stdout
    failed.write_text(head + row.format("2020-01-01"), encoding="utf-8")
    assert "nxyn" in run(*words).stdout
    assert not (tmp_path / "own.toml").exists()


def test_a_portal_that_a_crawl_asks_just_now_is_no_failure(run: Command, tmp_path: Path) -> None:
    portal = Site("night", "永宁县", "640121", "http://www.nxyn.gov.cn/")
    with HostLock(tmp_path / "snapshots", portal):
        words = ("--region", "640121", "--kind", "government", *OWN, *FAST)
        result = run("sites", "add", *words, "--proxy", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "640121 永宁县：正在采集：" in result.stdout
    assert not (tmp_path / "own.failed.csv").exists()


def test_what_cannot_be_done_is_said_before_anything_is_asked(run: Command) -> None:
    refused(run("sites", "add"), "请给出网址", "--region")
    refused(run("sites", "add", "--region", "99"), "没有这个行政区划代码")
    refused(run("sites", "add", "--region", "64012"), "没有这个行政区划代码")
    refused(run("sites", "add", "--region", "632857"), "没有符合条件的已知网站")
    refused(run("sites", "add", "--region", "64", "--name", "宁夏"), "--name")
    refused(run("sites", "list", "--region", "宁夏"), "没有这个行政区划代码")
    refused(run("crawl", "--region", "11"), "gongkai sites add --region 11")
    refused(run("crawl", "pingluo", "--region", "64"), "只能用一种")
    refused(run("nightly", "--region", "99"), "没有这个行政区划代码")
    refused(run("crawl", "--only-sites", "none.toml"), "none.toml")


def test_sites_are_switched_off_and_on(run: Command, tmp_path: Path) -> None:
    assert run("sites", "disable", "pingluo").stdout == "pingluo：已停用\n"
    refused(run("crawl", "pingluo"), "已停用", "gongkai sites enable")
    refused(run("crawl", "--region", "640221"), "没有已登记且启用的网站")
    assert "已停用" in run("sites", "list", "--region", "640221").stdout
    assert run("sites", "enable", "pingluo").stdout == "pingluo：已启用\n"
    result = run("sites", "remove", "pingluo")
    assert (result.exit_code, "软件自带" in result.stderr) == (0, True)
    refused(run("sites", "remove", "pingluo"), "不在 sites.toml 中")
    refused(run("sites", "disable", "nowhere"), "nowhere")
