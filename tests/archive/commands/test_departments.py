"""Departments with hosts of their own become sites below the portal that names them."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from gongkai.crawler.sites.registry import read_registry
from gongkai.replica.transport import Answer, Request
from tests.archive.folder import Command
from tests.crawler.tiny import HTML, REPORT, served

FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "GONGKAI_RETRY_WAIT=0.05", "-s", "RETRY_TIMES=0")
DEPARTMENTS = {
    "jyj.lindu.gov.cn": "市教育局",
    "wjw.lindu.gov.cn": "市卫生健康委员会",
    "sfj.lindu.gov.cn": "市司法局",
}
SILENT = "sfj.lindu.gov.cn"


def page(title: str, body: str) -> str:
    head = f"<title>{title}</title><meta name='SiteIDCode' content='6402000001'>"
    return f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


def portal(name: str, more: str = "") -> dict[str, str]:
    title = f"{name}2023年政府信息公开工作年度报告"
    row = f'<ul><li><a href="/nb/1.html">{title}</a> 2024-01-20</li></ul>'
    return {
        "/": page(name, '<a href="/xxgk/">政府信息公开</a><a href="/xw/">新闻</a>'),
        "/xxgk/": page("政府信息公开", f'<a href="/nb/">政府信息公开年报</a>{more}'),
        "/nb/": page("政府信息公开年报", row),
        "/nb/1.html": REPORT.format(title=title),
    }


def answer(request: Request) -> Answer:
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    if host == SILENT:
        return Answer(502, HTML, b"")
    if host in DEPARTMENTS:
        found = portal(f"临渡{DEPARTMENTS[host]}").get(parts.path)
    else:
        units = "".join(f'<a href="http://{at}/">{name}</a>' for at, name in DEPARTMENTS.items())
        found = portal("临渡市人民政府", units).get(parts.path)
    return Answer(200 if found else 404, HTML, (found or "404").encode())


def test_departments_are_named_and_entered_below_their_city(run: Command, tmp_path: Path) -> None:
    with served(answer) as transport:
        way = ("--proxy", f"http://127.0.0.1:{transport.server_port}", *FAST)
        own = ("--only-sites", "own.toml")
        looked = run("sites", "add", "www.lindu.gov.cn", "--dry-run", "--json", *own, *way)
        result = run("sites", "add", "www.lindu.gov.cn", "--departments", *own, *way)
        again = run(
            "sites", "add", "--region", "6402", "--kind", "government", "--dry-run", *own, *way
        )

    named = [each["name"] for each in json.loads(looked.stdout)["departments"]]
    assert named == ["市教育局", "市卫生健康委员会", "市司法局"]
    assert result.exit_code == 1, result.output
    assert "3 个部门有自己的网站" in result.stdout
    assert "已登记 2 个：临渡市教育局、临渡市卫生健康委员会" in result.stdout
    assert "无法访问 1 个：临渡市司法局" in result.stdout
    sites = read_registry(tmp_path / "own.toml")
    assert {site.id: (site.name, site.parent, site.region_code) for site in sites.values()} == {
        "lindu": ("临渡市人民政府", "", "640200"),
        "jyj-lindu": ("临渡市教育局", "lindu", "640200"),
        "wjw-lindu": ("临渡市卫生健康委员会", "lindu", "640200"),
    }
    assert "石嘴山市" in again.stdout  # the known portal of that code is another one


def test_departments_that_were_not_probed_yet_are_not_forgotten(
    run: Command, tmp_path: Path
) -> None:
    entry = '[lindu]\nname = "临渡市人民政府"\nregion_code = "640200"\nurl = "http://www.lindu.gov.cn/"\n'
    (tmp_path / "own.toml").write_text(entry, encoding="utf-8")
    head = "code,name,url,on,outcome,why\n"
    row = "640200,临渡市教育局,http://jyj.lindu.gov.cn/,2026-01-20,named,\n"
    (tmp_path / "own.failed.csv").write_text(head + row, encoding="utf-8")
    own = ("--region", "640200", "--kind", "department", "--only-sites", "own.toml")
    listed = json.loads(run("sites", "list", *own, "--json").stdout)
    assert [(each["name"], each["state"]) for each in listed] == [("临渡市教育局", "known")]
    with served(answer) as transport:
        way = ("--proxy", f"http://127.0.0.1:{transport.server_port}", *FAST)
        result = run("sites", "add", *own, "--departments", *way)
    assert result.exit_code == 0, result.output
    assert read_registry(tmp_path / "own.toml")["jyj-lindu"].parent == "lindu"
    assert not (tmp_path / "own.failed.csv").exists()


def test_a_city_and_its_departments_are_built_into_one_archive(
    run: Command, tmp_path: Path
) -> None:
    entry = '[{0}]\nname = "{1}"\nregion_code = "640200"\nurl = "http://{2}/"\n{3}\n'
    (tmp_path / "own.toml").write_text(
        entry.format("lindu", "临渡市人民政府", "www.lindu.gov.cn", "")
        + entry.format("jyj", "临渡市教育局", "jyj.lindu.gov.cn", 'parent = "lindu"'),
        encoding="utf-8",
    )
    with served(answer) as transport:
        way = ("--proxy", f"http://127.0.0.1:{transport.server_port}", *FAST)
        night = run("nightly", "--region", "64", "--only-sites", "own.toml", *way, "--json")
    assert night.exit_code == 0, night.output
    runs = {each["site"]: each["counts"] for each in json.loads(night.stdout)["runs"]}
    assert {site: counts["reports"] for site, counts in runs.items()} == {"lindu": 1, "jyj": 1}
    hosts = {
        site: sorted(name for name in counts if "host" in name) for site, counts in runs.items()
    }
    assert hosts == {"lindu": [], "jyj": []}  # none takes the host of the other
    status = json.loads(run("status", "--json").stdout)
    assert {each["site"] for each in status if each["kind"] == "crawl"} == {"lindu", "jyj"}
