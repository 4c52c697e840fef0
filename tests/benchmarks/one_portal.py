"""The crawl of one portal in a process of its own, ours or plain Scrapy's, and what it costs.

Ways: `ours` crawls a Job; `plain` fetches addresses with Scrapy and drops the answers; `links` also
takes the links of each page, as every crawler has to.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import HtmlResponse, Response

from crawler.jobs import crawl_site

PLAIN = {
    "LOG_LEVEL": "ERROR",
    "HTTPERROR_ALLOW_ALL": True,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
}
EVERY = 0.25
"""Seconds between two looks at a process."""


@dataclass(frozen=True)
class Cost:
    """Pages fetched, and CPU seconds: of the crawl alone, and with the start of its process."""

    pages: int
    crawl: float
    whole: float
    memory: list[float] = field(default_factory=list)
    """Megabytes it had, from its start to its end."""


class Fetcher(Spider):
    """Asks for addresses that are known beforehand."""

    name = "fetcher"

    async def start(self) -> AsyncIterator[Request]:
        """Every address once."""
        for url in self.urls:
            yield Request(url, meta={"proxy": self.proxy}, dont_filter=True)

    def parse(self, response: Response) -> None:
        """Take the links, or nothing."""
        if self.links and isinstance(response, HtmlResponse):
            for link in response.css("a[href]"):
                response.urljoin(link.attrib["href"])


def ask(way: str, work: Any) -> Cost:
    """Do a work in a fresh process."""
    command = [sys.executable, "-m", "tests.benchmarks.one_portal", way]
    memory = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(pickle.dumps(work))
        process.stdin.close()
        while process.poll() is None:
            memory.append(resident(process.pid))
            time.sleep(EVERY)
        return Cost(*json.loads(process.stdout.read()), memory)


def resident(pid: int) -> float:
    """Megabytes of memory that a process has."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except FileNotFoundError:  # it has just ended
        return 0.0
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


def plain(urls: Sequence[str], proxy: str, links: bool) -> int:
    """Fetch addresses with Scrapy and its defaults."""
    process = CrawlerProcess(PLAIN)
    crawler = process.create_crawler(Fetcher)
    process.crawl(crawler, urls=urls, proxy=proxy, links=links)
    process.start()
    found: int = crawler.stats.get_value("response_received_count")
    return found


def main() -> None:
    """Work, and print what it cost."""
    way, work = sys.argv[1], pickle.load(sys.stdin.buffer)
    before = time.process_time()
    if way == "ours":
        pages = crawl_site(work).counts["requests"]
    else:
        pages = plain(*work, links=way == "links")
    spent = time.process_time()
    print(json.dumps([pages, spent - before, spent]))


if __name__ == "__main__":
    main()
