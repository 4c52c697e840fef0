"""What a reader sees of a page."""

from __future__ import annotations

from bs4 import BeautifulSoup


def words(page: BeautifulSoup, selector: str) -> list[str]:
    """Return the words of all elements, spaces squeezed."""
    return [" ".join(each.get_text(" ").split()) for each in page.select(selector)]
