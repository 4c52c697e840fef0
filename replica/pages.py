"""What the replica serves: pages by host and path, and ways to change them between two nights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a portal: entity, headers that matter, and a status that is mostly 200.

    `encoding` is what the bytes are in, `content_type` what the server claims. `gzip` says that
    the server compresses this page for clients that ask for it.
    """

    body: bytes
    content_type: str
    modified: datetime
    encoding: str = "utf-8"
    status: int = 200
    location: str = ""
    gzip: bool = False


class Pages:
    """All pages of all portals. A host answers with and without `www.`."""

    def __init__(self, portals: dict[str, dict[str, Page]]) -> None:
        self._portals = {bare(host): dict(pages) for host, pages in portals.items()}

    def hosts(self) -> list[str]:
        """Return the host names that the replica answers for, without `www.`."""
        return sorted(self._portals)

    def knows(self, host: str) -> bool:
        """Whether `host` (with or without `www.`, without a port) is one of the portals."""
        return bare(host) in self._portals

    def find(self, url: str) -> Page | None:
        """Return the page at an absolute address, or None; a folder means its index.html."""
        host, path = _place(url)
        pages = self._portals.get(host, {})
        if path.endswith("/"):
            return pages.get(path) or pages.get(path + "index.html")
        return pages.get(path)

    def find_posted(self, url: str, body: bytes, media_type: str) -> Page | None:
        """Return the answer to a POST, or None: the portals of the replica take none."""
        del url, body, media_type
        return None

    def page(self, url: str) -> Page:
        """Return the page at an address.

        Raises:
            KeyError: there is none.
        """
        if page := self.find(url):
            return page
        raise KeyError(url)

    def addresses(self) -> Iterator[str]:
        """Every address that is served, with `www.`, in a stable order."""
        for host in self.hosts():
            for path in sorted(self._portals[host]):
                yield f"http://www.{host}{path}"

    def put(self, url: str, page: Page) -> None:
        """Add a page, or replace the one that is there.

        Raises:
            KeyError: the host is none of the portals.
        """
        host, path = _place(url)
        self._portals[host][path] = page

    def remove(self, url: str) -> None:
        """Take a page down: it answers 404 from now on.

        Raises:
            KeyError: there is no page at this address.
        """
        host, path = _place(url)
        del self._portals[host][path]

    def edit(self, url: str, old: str, new: str) -> None:
        """Replace text in a page, in the page's own encoding; it counts as modified a day later.

        Raises:
            KeyError: there is no page at this address.
            ValueError: the page does not hold `old`.
        """
        host, path = _place(url)
        page = self._portals[host][path]
        text = page.body.decode(page.encoding)
        if old not in text:
            raise ValueError(f"{url} does not hold {old!r}")
        body = text.replace(old, new).encode(page.encoding)
        later = page.modified + timedelta(days=1)
        self._portals[host][path] = replace(page, body=body, modified=later)


def bare(host: str) -> str:
    """Return the host name in lower case without `www.`."""
    return host.lower().removeprefix("www.")


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return bare(parts.hostname or ""), parts.path or "/"
