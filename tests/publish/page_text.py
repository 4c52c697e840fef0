"""The text of a page as a reader sees it."""

from __future__ import annotations

from bs4 import BeautifulSoup


def words(page: BeautifulSoup, selector: str) -> list[str]:
    """Return the text of all elements that match, without extra white space."""
    return [" ".join(each.get_text(" ").split()) for each in page.select(selector)]
