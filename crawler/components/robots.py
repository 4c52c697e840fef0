"""robots.txt: what it allows, and what follows where it cannot be had (RFC 9309).

A file that is not there allows all. A site that cannot be reached, or answers with a fault, is left
alone for the night: nobody knows what it forbids, and it is in trouble.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from gongkai.crawler.components.crawl_context import PART_OF
from gongkai.crawler.network.silence import (
    NETWORK_ERRORS,
    describe_failure,
    describe_status,
)
from gongkai.messages import Message, message

ROBOTS_BYTES = 500 << 10
"""The part of a robots.txt that is read, as RFC 9309 (section 2.5) asks for at least."""

MAX_SITEMAPS = 10
"""Of one site and night, those that a sitemap names included."""

FIRST_PRIORITY = 1000


class NotAsked(IgnoreRequest):
    """A request that is not sent tonight: the rules of its host could not be had, or ask too much.

    `is_silent` tells that the host does not answer at all.
    """

    def __init__(self, why: Message, is_silent: bool) -> None:
        super().__init__(str(why))
        self.why = why
        self.is_silent = is_silent


@dataclass(frozen=True, slots=True)
class HostRules:
    """The rules of one host: its robots.txt, or why it is not asked tonight; neither allows all."""

    parser: RobotParser | None = None
    why: Message | None = None
    is_silent: bool = False


class RobotsMiddleware:
    """Obeys robots.txt in place of Scrapy's middleware, which takes a fault for permission."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self.crawler = crawler
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self.max_delay = crawler.settings.getfloat("GONGKAI_CRAWL_DELAY_MAX")
        self._rules: dict[tuple[str, str], asyncio.Task[HostRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware.

        Raises:
            NotConfigured: The settings say that robots.txt is not obeyed.
        """
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass that the rules of its host allow.

        Raises:
            NotAsked: The host is not asked tonight.
            IgnoreRequest: Its robots.txt forbids the address.
        """
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        host = parts.scheme, parts.netloc
        if host not in self._rules:
            self._rules[host] = asyncio.ensure_future(self._fetch(*host, request))
        rules = await self._rules[host]
        if rules.why is not None:
            raise NotAsked(rules.why, rules.is_silent)
        if rules.parser is not None and not rules.parser.allowed(request.url, self.agent):
            if not request.meta.get(PART_OF):
                self.crawler.stats.inc_value("robotstxt/forbidden")
            raise IgnoreRequest("forbidden by robots.txt")

    async def _fetch(self, scheme: str, host: str, request: Request) -> HostRules:
        """Return the rules of a host."""
        asked = Request(
            f"{scheme}://{host}/robots.txt",
            priority=FIRST_PRIORITY,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        try:
            response = await self.crawler.engine.download_async(asked)
        except IgnoreRequest:
            # redirected for ever, or to a host of another site: as if it were not there
            return HostRules()
        except NETWORK_ERRORS as problem:
            proxy = self.crawler.settings.get("GONGKAI_PROXY")
            return HostRules(why=describe_failure(problem, host, proxy), is_silent=True)
        return await self._read(response, host, request)

    async def _read(self, response: Response, host: str, request: Request) -> HostRules:
        status = response.status
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500:
            return HostRules(
                why=message("robots_unreachable", host=host, why=describe_status(status))
            )
        if status >= 300:
            return HostRules()
        parser = BoundedRobotParser.from_crawler(self.crawler, response.body)
        delay = parser.crawl_delay(self.agent) or 0.0
        if delay > self.max_delay:
            return HostRules(
                why=message(
                    "robots_ask_too_much",
                    host=host,
                    seconds=f"{delay:g}",
                    limit=f"{self.max_delay:g}",
                )
            )
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=parser, request=request
        )
        return HostRules(parser)


class BoundedRobotParser(ProtegoRobotParser):
    """Scrapy's parser of robots.txt, on a part of bounded length."""

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The first addresses of sitemaps that it names."""
        return tuple(islice(self.rp.sitemaps, MAX_SITEMAPS))

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> Self:
        """Parse the beginning of a robots.txt, to its last whole line."""
        body = robotstxt_body
        if len(body) > ROBOTS_BYTES:
            body = body[:ROBOTS_BYTES].rpartition(b"\n")[0]
        return super().from_crawler(crawler, body)
