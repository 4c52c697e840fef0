"""What the plugins know of the site they serve, besides Datasette's own settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from gongkai.catalogue import Language

DATABASE = "archive"
"""The name of the served database in addresses, whatever its file is called."""

PAGES = {"reports": "report", "agencies": "agency", "regions": "region"}
"""Tables whose rows have a page of their own, and what its address begins with."""

ReadCopy = Callable[[str], bytes]
"""Given a snapshot's id, returns the kept bytes; raises LookupError where they are gone."""


@dataclass(frozen=True)
class Site:
    """One language of the site. `read_copy` is None where the originals are not at hand.

    `bilingual` says that the other language answers on the same server. `reviews` is the file of
    people's verdicts on checks, `downloads` the folder of files made for download, if there are.
    """

    lang: Language = "zh"
    read_copy: ReadCopy | None = None
    bilingual: bool = False
    reviews: Path | None = None
    downloads: Path | None = None


_sites: WeakKeyDictionary[Any, Site] = WeakKeyDictionary()
_DEFAULT = Site()


def register(datasette: Any, site: Site) -> None:
    """Remember the site a Datasette instance serves."""
    _sites[datasette] = site


def site_of(datasette: Any) -> Site:
    """Return the site of an instance; a plain Chinese one for an instance started by others."""
    return _sites.get(datasette, _DEFAULT)


def page_of(table: str, encoded: str) -> str:
    """Return the path of a row's page: its own where its table has such pages."""
    return f"/{PAGES[table]}/{encoded}" if table in PAGES else f"/{DATABASE}/{table}/{encoded}"
