"""A simulated country: any number of portals of all families, each made when it is first asked for.

    python -m tests.replica.families.country 200

A portal and everything on it follow from its number, so that whoever crawls knows what there is
without asking whoever serves.
"""

from __future__ import annotations

import argparse
import sys
import threading
from dataclasses import asdict, dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from gongkai.crawler.sites.registry import Site
from gongkai.replica.pages import Page
from gongkai.replica.server import Replica
from tests.replica.families.layout import Layout
from tests.replica.families.place import place
from tests.replica.families.serving import ALL, QueryPages, serve, site

READY = 8
"""Portals that a server holds at a time: a crawl asks one after the other."""


@dataclass(frozen=True, slots=True)
class Size:
    """Of a portal. The ordinary one has 8 agencies, 16 reports and some 50 addresses."""

    departments: int = 4
    towns: int = 3
    years: int = 2


def portal(number: int, size: Size) -> Layout:
    """The portal of that number, its pages not made yet."""
    family = ALL[number % len(ALL)]
    return family(place(f"www.{family.name}{number}.gov.cn", number, **asdict(size)))


class Country(QueryPages):
    """What a server of many portals answers with."""

    def __init__(self, portals: int, size: Size) -> None:
        super().__init__({})
        self.portals = [portal(number, size) for number in range(portals)]
        self._size = size
        self._numbers = {made.place.host: number for number, made in enumerate(self.portals)}
        self._ready = lru_cache(READY)(self._made)
        self._making = threading.Lock()  # one thread makes a portal, the others wait for it

    def sites(self) -> list[Site]:
        """The registry's entries of all portals."""
        return [site(made) for made in self.portals]

    def hosts(self) -> list[str]:
        """The names of all portals."""
        return sorted(host.removeprefix("www.") for host in self._numbers)

    def knows(self, host: str) -> bool:
        """Whether a host is one of the portals."""
        return host in self._numbers

    def find(self, url: str) -> Page | None:
        """The page at an address, None where there is none."""
        with self._making:
            pages = self._ready(self._numbers[urlsplit(url).hostname or ""])
        return pages.find(url)

    def _made(self, number: int) -> QueryPages:
        made = portal(number, self._size)
        made.build()
        return serve([made])


def main() -> None:
    """Serve a country until standard input ends; the first line printed is the address."""
    parser = argparse.ArgumentParser(description="Serve a simulated country on loopback.")
    parser.add_argument("portals", type=int)
    for name, usual in asdict(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=usual, help=f"of a portal ({usual})")
    given = vars(parser.parse_args())
    with Replica(pages=Country(given.pop("portals"), Size(**given))) as replica:
        print(replica.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
