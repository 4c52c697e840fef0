"""The crawl of one portal in a process of its own, ours or plain Scrapy's, and what it costs.

Ways: `ours` crawls a Job; `plain` fetches addresses with Scrapy and drops the answers; `links` also
takes the links of each page, as every crawler has to.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import HtmlResponse, Response

from gongkai.crawler.runs.jobs import crawl_site

PLAIN = {
    "LOG_LEVEL": "ERROR",
    "HTTPERROR_ALLOW_ALL": True,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
}


@dataclass(frozen=True)
class Cost:
    """Pages fetched, and CPU seconds: of the crawl alone, and with the start of its process."""

    pages: int
    crawl: float
    whole: float


class Fetcher(Spider):
    """Asks for addresses that are known beforehand."""

    name = "fetcher"
    urls: Sequence[str]
    proxy: str
    links: bool

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
    done = subprocess.run(command, input=pickle.dumps(work), stdout=subprocess.PIPE, check=True)
    return Cost(*json.loads(done.stdout))


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
        urls, proxy = work
        pages = plain(urls, proxy, links=way == "links")
    spent = time.process_time()
    print(json.dumps([pages, spent - before, spent]))


if __name__ == "__main__":
    main()
