"""Of what a page is made besides its text: the style sheets and images that show it as it looked."""

from __future__ import annotations

from gongkai.crawler.discovery.page import WebPage

MAX_STYLES = 8
MAX_IMAGES = 40
"""Of one page. The viewer shows as many."""

STYLE_SHEETS = "//link[contains(translate(@rel, 'STYLEH', 'styleh'), 'stylesheet')]"
IMAGE_SOURCES = ("data-original", "data-src", "src")
"""Attributes with the address of an image: where a script loads it later, `src` is a placeholder."""


def page_parts(page: WebPage) -> tuple[str, ...]:
    """Return the addresses of the style sheets of a page, and behind them those of its images."""
    styles = page.loaded(STYLE_SHEETS, "href")[:MAX_STYLES]
    images = page.loaded("//img", *IMAGE_SOURCES)[:MAX_IMAGES]
    return tuple(dict.fromkeys((*styles, *images)))
