"""Sites that share a host or a parent are crawled one after the other."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from time import sleep
from typing import Any

from gongkai.crawler.runs.families import families_of, foreign_hosts
from gongkai.crawler.runs.pools import run_all
from gongkai.crawler.runs.site_crawl import Job
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.snapshot import Run

CITY = Site("city", "甲市", "640200", "http://www.city.gov.cn/", hosts=("xxgk.city.gov.cn",))
SCHOOLS = Site("schools", "教育局", "640200", "http://jyj.city.gov.cn/", parent="city")
HEALTH = Site("health", "卫健委", "640200", "http://wjw.city.gov.cn/", parent="city")
SHARED = Site("shared", "公开网", "640200", "http://xxgk.city.gov.cn/a/")
TOWN = Site("town", "乙县", "640121", "http://www.town.gov.cn/")
SITES = [SCHOOLS, TOWN, HEALTH, SHARED, CITY]


def jobs(sites: list[Site]) -> list[Job]:
    return [Job(site, Path("/")) for site in sites]


def test_a_city_its_departments_and_a_site_on_its_host_are_one_family() -> None:
    families = [[job.site.id for job in family] for family in families_of(jobs(SITES))]
    assert families == [["schools", "health", "shared", "city"], ["town"]]


def test_one_of_a_family_runs_at_a_time() -> None:
    at_work: set[str] = set()
    together: list[set[str]] = []
    lock = Lock()

    def work(job: Job) -> Run:
        with lock:
            at_work.add(job.site.id)
            together.append(set(at_work))
        sleep(0.02)  # long enough for another to begin
        with lock:
            at_work.discard(job.site.id)
        return Run(job.site.id, job.site.id, "", "", "ok")

    runs = dict(run_all(jobs(SITES), [lambda: ThreadPoolExecutor(5)], work))
    assert set(runs) == {site.id for site in SITES}
    assert all(len(group - {"town"}) <= 1 for group in together)


def test_the_rest_of_a_family_runs_where_one_is_lost() -> None:
    class Losing(ThreadPoolExecutor):
        def submit(self, work: Any, job: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            from concurrent.futures import BrokenExecutor

            if job.site.id == "health":
                raise BrokenExecutor
            return super().submit(work, job, *args, **kwargs)

    def work(job: Job) -> Run:
        return Run(job.site.id, job.site.id, "", "", "ok")

    runs = dict(run_all(jobs(SITES), [lambda: Losing(2)], work))
    assert {site for site, run in runs.items() if run.outcome != "ok"} == {"health"}


def test_a_site_knows_which_hosts_below_its_domain_are_others() -> None:
    assert foreign_hosts(SITES)["city"] == "jyj.city.gov.cn,wjw.city.gov.cn"
    assert foreign_hosts(SITES)["town"] == ""
