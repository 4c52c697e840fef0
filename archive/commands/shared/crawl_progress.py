"""How far a crawl is: nobody knows beforehand how many pages it has."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tqdm import tqdm

from gongkai.catalogue import Language, text

if TYPE_CHECKING:
    from gongkai.crawler.runs.jobs import SiteProgress

_PAGES = 200
"""Pages of one site between two lines."""


class CrawlProgress:
    """Shows a crawl on standard error: a bar on a terminal, else a line now and then.

    It is called with the progress of one site at a time, from a thread that has no click context:
    therefore it is told its language.
    """

    def __init__(self, sites: int, lang: Language) -> None:
        self._sites = sites
        self._lang = lang
        self._ended = 0
        self._seen: dict[str, tuple[int, int]] = {}
        self._bar = (
            tqdm(desc=text(lang, "progress_crawl"), unit=text(lang, "unit_page"), leave=False)
            if sys.stderr.isatty()
            else None
        )

    def __call__(self, progress: SiteProgress) -> None:
        """Show the progress of one site."""
        self._seen[progress.site] = progress.pages, progress.queued
        self._ended += progress.done
        if self._bar is not None:
            self._bar.n = sum(pages for pages, _ in self._seen.values())
            self._bar.total = self._bar.n + sum(queued for _, queued in self._seen.values())
            done = text(self._lang, "crawl_sites_done", done=self._ended, sites=self._sites)
            self._bar.set_postfix_str(done)
        elif progress.done:
            self._print(
                text(
                    self._lang,
                    "crawl_site_done",
                    done=self._ended,
                    sites=self._sites,
                    site=progress.site,
                    n=progress.pages,
                )
            )
        elif progress.pages and progress.pages % _PAGES == 0:
            self._print(text(self._lang, "crawl_site_pages", site=progress.site, n=progress.pages))

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()

    def _print(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)
