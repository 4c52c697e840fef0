"""Links between the pages of a list: in the body of an answer, and in its `Link` header (RFC 8288)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

RELATIONS = {"first": "first", "previous": "prev", "next": "next", "last": "last"}
"""The names of links in a body, and their relations in a header."""


def page_links(page: int, pages: int, address: Callable[[int], str]) -> dict[str, str]:
    """Return the addresses of a page and of those around it, by name."""
    numbers = {"self": page, "first": 1, "last": max(1, pages)}
    if page > 1:
        numbers["previous"] = page - 1
    if page < pages:
        numbers["next"] = page + 1
    return {name: address(number) for name, number in numbers.items()}


def link_header(links: Mapping[str, str]) -> dict[str, str]:
    """Return the header that has the same links, nothing without links.

    >>> link_header({"self": "/checks.json", "next": "/checks.json?page=2"})
    {'link': '</checks.json?page=2>; rel="next"'}
    """
    told = [f'<{links[name]}>; rel="{rel}"' for name, rel in RELATIONS.items() if name in links]
    return {"link": ", ".join(told)} if told else {}
