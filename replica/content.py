"""The content of the replica: one TOML file per report, from which pages, PDFs and text are made."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).with_name("content")
CHINA = timezone(timedelta(hours=8))

Values = Mapping[str, tuple[str, ...]]
"""Row of a form -> its cells as printed."""


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part: paragraphs (`**bold**` is the only markup), then a table of the form."""

    heading: str
    paragraphs: tuple[str, ...]
    table: str  # active_disclosure, requests, review_litigation or ""


@dataclass(frozen=True, slots=True)
class Report:
    """One report as its agency published it, mistakes included.

    `heading` are the title lines in the document, `title` the one line a list shows. `labels`
    replaces words of the form by what this agency prints. `healed` names the places where the
    seed's text is damaged by its conversion and differs from ours: (in the seed, here).
    """

    key: str
    url: str
    form: str
    agency: str
    region: str
    year: int
    title: str
    heading: tuple[str, ...]
    published: datetime
    preface: tuple[str, ...]
    sections: tuple[Section, ...]
    tables: Mapping[str, Values]
    labels: Mapping[str, str]
    healed: tuple[tuple[str, str], ...]


@cache
def reports() -> Mapping[str, Report]:
    """Every report under content/, by its key (the file's name)."""
    found = {path.stem: _report(path) for path in sorted(FOLDER.glob("*.toml"))}
    return MappingProxyType(found)


def local_time(text: str) -> datetime:
    """Read `2025-01-20 10:26` (or a date alone) as the time on a clock in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def paragraphs(text: str) -> tuple[str, ...]:
    """Split a block of content into its paragraphs: one a line, blank lines do not count."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _report(path: Path) -> Report:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Report(
        key=path.stem,
        url=raw["url"],
        form=raw["form"],
        agency=raw["agency"],
        region=raw["region"],
        year=raw["year"],
        title=raw["title"],
        heading=tuple(raw["heading"]),
        published=local_time(raw["published"]),
        preface=paragraphs(raw.get("preface", "")),
        sections=tuple(_section(section) for section in raw["sections"]),
        tables={name: _values(rows) for name, rows in raw["tables"].items()},
        labels=raw.get("labels", {}),
        healed=tuple((place["seed"], place["here"]) for place in raw.get("healed", ())),
    )


def _section(raw: Mapping[str, str]) -> Section:
    return Section(raw["heading"], paragraphs(raw.get("text", "")), raw.get("table", ""))


def _values(rows: Mapping[str, str]) -> Values:
    """Cells are parted by blanks; `_` stands for a cell left empty."""
    return {
        row: tuple("" if cell == "_" else cell for cell in line.split())
        for row, line in rows.items()
    }
