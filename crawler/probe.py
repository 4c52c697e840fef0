"""Probing a portal: what a few of its pages show, before it is registered or to check its entry.

A probe is a crawl with a small budget into a folder of its own. What it found is read from the
pages that it kept, as a build does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from shutil import rmtree
from urllib.parse import urlsplit

from gongkai.crawler.analysis.page_outcome import SCRIPT_STUB
from gongkai.crawler.browser.chromium import is_available
from gongkai.crawler.components.middlewares import validate_proxy
from gongkai.crawler.components.run_result import BLOCKED_PREFIX, HOST_PREFIX
from gongkai.crawler.discovery.hosts.home_answer import HomeAnswer
from gongkai.crawler.discovery.hosts.sister_hosts import host_of
from gongkai.crawler.discovery.scripting.scripts import script_file_text
from gongkai.crawler.probe_reader import (
    LEVELS,
    Department,
    ProbeReader,
    ReportColumn,
    ReportTitles,
    UnfollowedLink,
)
from gongkai.crawler.runs.families import foreign_hosts
from gongkai.crawler.runs.jobs import ATTEMPTS, Job, SiteProgress, crawl
from gongkai.crawler.runs.pools import crawl_in_pool, process_pool, run_all
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.messages import Message, message, parse_message

PROBE_PAGES = 150
"""Pages that a probe asks for: about five minutes at the default delay."""

ARTICLES_PER_LIST = 2
"""Articles that a probe opens from each page of a list; it only counts the other rows."""

UNFOLLOWED = 20
"""Links that were not followed that a probe names."""

MAX_ELSEWHERE = 12
"""Other hosts that a probe names."""

MAX_REDIRECTS = 10
REDIRECT_STATUSES = (301, 302, 303, 307, 308)

PROBE_SETTINGS = {
    "GONGKAI_SAMPLE": str(ARTICLES_PER_LIST),
    "CLOSESPIDER_PAGECOUNT": str(PROBE_PAGES),
    "GONGKAI_FIND_HOSTS": "True",
}
SCRIPT_TYPES = ("application/javascript", "text/javascript", "application/x-javascript")
PARALLEL_PROBES = 4
"""Sites that are probed at the same time."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a probe found.

    `families` counts pages by the family that they show. `levels` counts the reports that lists
    name by the level of their agency. `opened` counts the articles that were fetched, `confirmed`
    those among them that are reports by their content. `elsewhere` counts links to disclosure and
    reports on other official hosts, by host. `hosts` are further hosts of the site itself that the
    crawl has found, and `departments` units with hosts of their own.
    `unfollowed` are links beside doors of disclosure whose words are not known.
    """

    run: Run
    name: str
    region_code: str
    families: Mapping[str, int]
    columns: tuple[ReportColumn, ...]
    units: int
    levels: Mapping[str, int]
    reports: ReportTitles
    opened: int
    confirmed: int
    elsewhere: Mapping[str, int]
    unfollowed: tuple[UnfollowedLink, ...] = ()
    hosts: tuple[str, ...] = ()
    departments: tuple[Department, ...] = ()
    home: HomeAnswer = field(default_factory=HomeAnswer)

    @property
    def cms(self) -> str:
        """The family to register: the only one found, else generic, which decides page by page."""
        named = [name for name in self.families if name != "generic"]
        return named[0] if len(named) == 1 else "generic"

    @property
    def reached(self) -> int:
        """The least number of reports: named by lists, or confirmed by their content."""
        return max(len(self.reports), self.confirmed)

    @property
    def blocked(self) -> int:
        """The number of block pages among the answers."""
        return self.run.counts.get("blocked", 0)


def probe(
    sites: Sequence[Site],
    folder: Path,
    *,
    proxy: str | None = None,
    settings: Mapping[str, str] | None = None,
    progress: Callable[[SiteProgress], None] | None = None,
) -> list[ProbeResult]:
    """Crawl a little of each site into an empty folder, and return what was found.

    Raises:
        SettingError: The proxy cannot be used.
        StorageError: The folder cannot be used.
    """
    runs = crawl(
        sites,
        folder,
        proxy=proxy,
        settings=PROBE_SETTINGS | dict(settings or {}),
        progress=progress,
        workers=min(len(sites), PARALLEL_PROBES),
    )
    with Snapshots(folder) as snapshots:
        return [read_probe(site, run, snapshots) for site, run in zip(sites, runs, strict=True)]


def probe_each(
    sites: Sequence[Site],
    folder: Path,
    *,
    proxy: str | None = None,
    settings: Mapping[str, str] | None = None,
    workers: int = PARALLEL_PROBES,
    program: str = "",
    others: Collection[Site] = (),
) -> Iterator[tuple[Site, ProbeResult]]:
    """Probe sites at the same time, and yield what was found of each as soon as it is known.

    Each has a folder of its own below `folder`, which is removed when it was read.

    Raises:
        SettingError: The proxy cannot be used.
        StorageError: A folder cannot be used.
    """
    validate_proxy(proxy)
    foreign = foreign_hosts({site.id: site for site in [*others, *sites]}.values())
    jobs = [
        Job(
            site,
            folder.absolute() / site.id,
            proxy,
            {**PROBE_SETTINGS, "GONGKAI_FOREIGN_HOSTS": foreign[site.id], **(settings or {})},
        )
        for site in sites
    ]
    by_id = {job.site.id: job for job in jobs}
    pool = partial(process_pool, workers, None, program)
    for site_id, run in run_all(jobs, [pool] * ATTEMPTS, crawl_in_pool):
        job = by_id[site_id]
        with Snapshots(job.snapshots) as snapshots:
            found = read_probe(job.site, run, snapshots)
        rmtree(job.snapshots, ignore_errors=True)
        yield job.site, found


def read_probe(site: Site, run: Run, snapshots: Snapshots) -> ProbeResult:
    """Return what a crawl of a site found, from the pages that it kept."""
    found = [name.removeprefix(HOST_PREFIX) for name in run.counts if name.startswith(HOST_PREFIX)]
    forwards: dict[str, str] = {}
    files = {
        snapshot.url: script_file_text(snapshots.body(snapshot))
        for snapshot in snapshots.all(site.id)
        if snapshot.status == 200 and snapshot.media_type in SCRIPT_TYPES
    }
    reader = ProbeReader(site, frozenset(found), files)
    notes = snapshots.index.notes.all(site.id)
    hostile = {note.snapshot for note in notes if note.outcome == "hostile"}
    rendered = {each.rendered_from for each in snapshots.all(site.id)}
    for snapshot in snapshots.all(site.id):
        if snapshot.id in hostile:
            continue  # it took too much behind the wall of the crawl, and there is none here
        if snapshot.id in rendered:
            continue  # the page that its scripts made is read in its place
        if snapshot.rendered_from:
            snapshot = replace(snapshot, status=200)
        if host_of(snapshot.url) not in reader.hosts:
            continue  # it was looked at, and belongs to another place
        if snapshot.status in REDIRECT_STATUSES:
            forwards[snapshot.url] = snapshot.final_url
        if reader.home.status == 0 and snapshot.url == site.url:
            reader.home = HomeAnswer(snapshot.url, snapshot.status)
        if snapshot.status == 200 and urlsplit(snapshot.url).path != "/robots.txt":
            reader.read(snapshot, snapshots.body(snapshot))
    return ProbeResult(
        run=run,
        name=reader.name,
        region_code=reader.region_code,
        families=dict(reader.families.most_common()),
        columns=tuple(sorted(reader.columns.values(), key=lambda seen: -seen.rows)),
        units=len(reader.units),
        levels={level: reader.levels[level] for level in LEVELS},
        reports=reader.reports,
        opened=reader.opened,
        confirmed=reader.confirmed,
        elsewhere=dict(reader.elsewhere.most_common(MAX_ELSEWHERE)),
        hosts=tuple(sorted(found)),
        departments=tuple(reader.departments.values()),
        home=_with_redirect(site, reader.home, forwards),
        unfollowed=reader.most_unfollowed(UNFOLLOWED),
    )


def _with_redirect(site: Site, home: HomeAnswer, forwards: Mapping[str, str]) -> HomeAnswer:
    """Return a home page with the host of another site to which its redirects lead."""
    url = site.url
    for _ in range(MAX_REDIRECTS):
        url = forwards.get(url, url)
    host = host_of(url)
    return home if host in site.all_hosts or not host else replace(home, forward=url)


def site_from_probe(site: Site, found: ProbeResult) -> Site:
    """Return a site with its family, its hosts, and half of the reports found as the least number.

    Where the scheme of its address has died, it gets the one that answers.
    """
    hosts = dict.fromkeys((*site.hosts, *found.hosts))
    why = parse_message(found.run.why)
    url = str(why.params["url"]) if why.key == "home_other_scheme" else site.url
    return replace(
        site, url=url, cms=found.cms, min_reports=max(1, found.reached // 2), hosts=tuple(hosts)
    )


def may_need_browser(site: Site, found: ProbeResult) -> bool:
    """Return whether a portal may show its lists only after scripts ran.

    Its home page answers, nothing was found, and no protection has sent a block page: what counts as
    one only because it has scripts and no words may be such a portal.
    """
    stubs = found.run.counts.get(f"{BLOCKED_PREFIX}{SCRIPT_STUB}", 0)
    return not (site.render or found.columns or found.reached or found.home.forward) and (
        found.home.status == 200 and found.blocked <= stubs
    )


def is_browser_there(settings: Mapping[str, str]) -> bool:
    """Return whether pages can be rendered with these settings of a crawl."""
    return is_available(settings.get("GONGKAI_BROWSER", ""))


def describe_drift(site: Site, found: ProbeResult) -> Iterator[Message]:
    """Yield in what a probe differs from the entry of the registry."""
    if found.home.forward:
        yield message("home_moved", url=found.home.forward)
        if not found.reports:
            return
    if found.blocked:
        yield message("block_pages", n=found.blocked)
    if not found.families and not found.reports and not found.columns:
        yield parse_message(found.run.why) if found.run.why else message("home_leads_nowhere")
        return
    if found.run.outcome == "incomplete" or (found.run.outcome == "ok" and found.run.why):
        yield parse_message(found.run.why)
    if site.cms != "generic" and found.families and site.cms not in found.families:
        yield message("family_differs", entry=site.cms, found=", ".join(found.families))
    if found.region_code and found.region_code != site.region_code:
        yield message("region_differs", entry=site.region_code, found=found.region_code)
    if not (found.columns or found.reached):
        yield message("no_report_column_found")
    elif found.reached < site.min_reports:
        yield message("too_few_reports", n=len(found.reports), least=site.min_reports)
    if found.opened and not found.confirmed:
        yield message("no_article_is_report", n=found.opened)
