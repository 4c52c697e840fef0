"""gongkai sites"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gongkai.archive.commands.shared import options
from gongkai.archive.errors import ArchiveError
from gongkai.archive.progress import CrawlProgress
from gongkai.archive.terminal.status_report import columns
from gongkai.archive.terminal.text_width import clean
from gongkai.catalogue import language_of_environment, stored_text, text
from gongkai.crawler.sites import register as entering
from gongkai.crawler.sites.registry import LOCAL_REGISTRY, Site, load_sites
from gongkai.extract.chinese.divisions import regions

if TYPE_CHECKING:
    from gongkai.crawler.probe import ProbeResult

SAMPLE = 5
LEVELS = {"county": "本级 county", "department": "部门 departments", "town": "乡镇街道 towns"}


@click.group(short_help="网站 add, check and list the portals")
def sites() -> None:
    """网站登记：添加、检查、列出。"""


@sites.command(name="list", short_help="列出 list the registry")
@options.registry
@options.as_json
def list_sites(registry: Path | None, as_json: bool) -> None:
    """列出登记的网站。

    List the portals of the registry.
    """
    known = load_sites(registry)
    if as_json:
        click.echo(json.dumps([_facts(site) for site in known], ensure_ascii=False, indent=1))
        return
    rows = [["网站 site", "名称 name", "地区 region", "系统 cms", "网址 url", "下限 floor"]]
    rows += [[s.id, s.name, s.region_code, s.cms, s.url, str(s.min_reports)] for s in known]
    click.echo("\n".join(columns(rows, left=5)))


@sites.command(short_help="添加 probe a portal and enter it in the registry")
@click.argument("url")
@click.option("--id", "site_id", default="", help="代号 its id [default: from the host].")
@click.option("--name", default="", help="名称 its name [default: as its pages say].")
@click.option(
    "--region", default="", help="行政区划代码 its GB/T 2260 code [default: as its pages say]."
)
@click.option("--host", "hosts", multiple=True, help="主机 a further host of the site; repeatable.")
@click.option("--dry-run", is_flag=True, help="试探 show what was found, enter nothing.")
@options.registry
@options.proxy
@options.settings
@options.as_json
def add(
    url: str,
    site_id: str,
    name: str,
    region: str,
    hosts: tuple[str, ...],
    dry_run: bool,
    registry: Path | None,
    proxy: str | None,
    settings: Mapping[str, str],
    as_json: bool,
) -> None:
    """添加网站：试探、识别、登记。

    Ask the portal for some 150 pages, say what system it runs and where its annual reports are,
    and write its entry to the registry (--sites FILE, else sites.toml here). Asks nothing.
    """
    known = load_sites(registry if registry and registry.exists() else None)
    home = entering.normalize_home_url(url)
    entering.ensure_not_registered(home, known)
    site_id = site_id or entering.propose_id(home, [site.id for site in known])
    hosts = tuple(host.lower() for host in hosts)
    entering.ensure_id_free(site_id, home, hosts, known)
    if region and region not in regions():
        raise ArchiveError(f"没有这个区划代码 no such region code: {region}")
    site = Site(site_id, name, region, home, hosts=hosts)
    from gongkai.crawler.probe import site_from_probe  # late: Scrapy takes a second to import

    (found,) = _probed([site], proxy, settings)
    site = site_from_probe(_with_facts(site, found), found)
    if not dry_run:
        _usable(site, found)
    click.echo(_json(site, found) if as_json else "\n".join(_lines(site, found)))
    if not dry_run:
        path = registry or LOCAL_REGISTRY
        day = datetime.now(UTC).strftime("%Y-%m-%d")
        entering.register_site(
            path,
            site,
            f"{found.reached} were named by its lists on {day}",
        )
        click.echo(f"已登记 entered as [{site.id}] in {path}", err=as_json)


@sites.command(short_help="检查 probe the portals and show which have drifted")
@click.argument("names", metavar="[SITE]...", nargs=-1)
@options.registry
@options.proxy
@options.settings
@options.as_json
def check(
    names: tuple[str, ...],
    registry: Path | None,
    proxy: str | None,
    settings: Mapping[str, str],
    as_json: bool,
) -> None:
    """检查登记与网站是否仍然相符。

    Probe the named portals, or all, and compare them with their entries. Ends with 1 when one
    has drifted.
    """
    from gongkai.crawler.probe import describe_drift

    drifted = []
    chosen = options.chosen(load_sites(registry), names)
    for site, found in zip(chosen, _probed(chosen, proxy, settings), strict=True):
        lang = language_of_environment()
        why = [text(lang, difference) for difference in describe_drift(site, found)]
        drifted.append({"site": site.id, "drift": why, "reports": len(found.reports)})
        if not as_json:
            state = f"有变化 drifted: {'; '.join(why)}" if why else "相符 as entered"
            click.echo(f"{site.id}: {len(found.reports)} 份报告 reports named · {state}")
    if as_json:
        click.echo(json.dumps(drifted, ensure_ascii=False, indent=1))
    sys.exit(1 if any(one["drift"] for one in drifted) else 0)


def _probed(
    chosen: Sequence[Site], proxy: str | None, settings: Mapping[str, str]
) -> list[ProbeResult]:
    """Probe portals into a temporary folder."""
    from gongkai.crawler.probe import probe
    from gongkai.crawler.runs.settings_check import check_settings

    with (
        tempfile.TemporaryDirectory(prefix="gongkai-probe-") as folder,
        closing(CrawlProgress(len(chosen))) as progress,
    ):
        check_settings(settings)
        return probe(chosen, Path(folder), proxy=proxy, settings=settings, progress=progress)


def _with_facts(site: Site, found: ProbeResult) -> Site:
    """Return a site with the name and region of its pages, where the operator gave none."""
    code = found.region_code if found.region_code in regions() else ""
    return replace(
        site,
        name=site.name or clean(found.name),
        region_code=site.region_code or code,
    )


def _usable(site: Site, found: ProbeResult) -> None:
    """Raises ArchiveError where there is nothing to enter, or a fact is missing."""
    missing: tuple[tuple[bool, Callable[[], str]], ...] = (
        (
            not (found.run.counts.get("list") or found.reached),
            lambda: _silence(found),
        ),
        (
            not (found.columns or found.reached),
            lambda: "没有找到年报栏目 no annual reports found",
        ),
        (
            not site.region_code,
            lambda: "网页没有说明地区 its pages name no region: give --region CODE",
        ),
        (not site.name, lambda: "网页没有名称 its pages give no name: give --name NAME"),
    )
    for is_missing, why in missing:
        if is_missing:
            raise ArchiveError(f"{site.url}: {why()}; 未登记 not entered")


def _silence(found: ProbeResult) -> str:
    if found.blocked:
        return f"被拦截 block pages: {found.blocked}"
    why = stored_text(language_of_environment(), found.run.why) if found.run.why else ""
    return f"没有找到年报 no annual reports found ({why or 'its pages lead to none'})"


def _lines(site: Site, found: ProbeResult) -> list[str]:
    """What was found, on one screen."""
    region = regions().get(site.region_code)
    families = ", ".join(f"{name} ×{count}" for name, count in found.families.items())
    lines = [
        f"网站 site      {site.name} · {site.url}",
        f"地区 region    {site.region_code} {region.full_name if region else ''}".rstrip(),
        f"系统 cms       {site.cms}" + (f" ({families})" if families else ""),
        f"页面 pages     {found.run.counts.get('requests', 0)}, 拦截 blocked {found.blocked}",
        f"单位 units     {found.units}",
        f"报告 reports   {len(found.reports)} 列出 named, {found.confirmed}/{found.opened} 核实 confirmed",
    ]
    lines += [f"  {LEVELS[level]}: {count}" for level, count in found.levels.items()]
    lines.append(f"栏目 columns   {len(found.columns)}")
    lines += [f"  {clean(seen.title)} ({seen.rows}) {seen.url}" for seen in found.columns[:SAMPLE]]
    lines += [f"  · {clean(title)}" for title in list(found.reports.values())[:SAMPLE]]
    lines += [
        f"其他主机 other host {host}: {count} 个链接 links (--host {host})"
        for host, count in found.elsewhere.items()
    ]
    return lines


def _json(site: Site, found: ProbeResult) -> str:
    return json.dumps(
        {
            "entry": _facts(site),
            "pages": found.run.counts.get("requests", 0),
            "blocked": found.blocked,
            "families": dict(found.families),
            "units": found.units,
            "reports": len(found.reports),
            "levels": dict(found.levels),
            "opened": found.opened,
            "confirmed": found.confirmed,
            "columns": [{"title": c.title, "rows": c.rows, "url": c.url} for c in found.columns],
            "elsewhere": dict(found.elsewhere),
        },
        ensure_ascii=False,
        indent=1,
    )


def _facts(site: Site) -> dict[str, Any]:
    return {
        "id": site.id,
        "name": site.name,
        "region_code": site.region_code,
        "url": site.url,
        "cms": site.cms,
        "min_reports": site.min_reports,
        "hosts": list(site.hosts),
    }
