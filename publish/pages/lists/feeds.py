"""Feeds as entries in the words of a language: what happened, when, and where to read about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gongkai.catalogue import Language
from gongkai.clock import china_day
from gongkai.publish.datasette_types import Row, Translator
from gongkai.publish.http.paths import path_segment
from gongkai.publish.pages.lists.feed_rows import QUERIES, FeedFilter
from gongkai.publish.pages.report.originals import WrongClock, clock_at
from gongkai.publish.wording.rules import RULES

KINDS = tuple(QUERIES)
ENTRIES = 50
"""Entries of a page of a feed."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """Something that is told. `key` names it for ever, `path` is that of the page about it."""

    key: str
    title: str
    updated: str
    author: str
    path: str
    summary: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of a feed, the latest entries first.

    `path` is that of its first page, without the base of the language: the feed has its name by it.
    `about` is the path of the page for people with the same content.
    """

    path: str
    title: str
    about: str
    entries: tuple[FeedEntry, ...]
    page: int = 1
    has_next: bool = False

    @classmethod
    def cut(
        cls, path: str, title: str, about: str, entries: Iterable[FeedEntry], page: int
    ) -> FeedPage:
        """Return a page of entries of which one more was read than it has."""
        every = tuple(entries)
        return cls(path, title, about, every[:ENTRIES], page, len(every) > ENTRIES)


def scope_names(conn: sqlite3.Connection, chosen: FeedFilter) -> tuple[str, ...] | None:
    """Return the names of the region and the agency of a feed, None if there is no such one."""
    names: list[str] = []
    for table, key, value in (
        ("regions", "code", chosen.region),
        ("agencies", "id", chosen.agency),
    ):
        if value:
            named = conn.execute(f"SELECT name FROM {table} WHERE {key} = ?", (value,)).fetchone()
            if named is None:
                return None
            names.append(named[0])
    return tuple(names)


def clocks_of(conn: sqlite3.Connection, rows: Iterable[Row]) -> dict[str, WrongClock]:
    """Return what was wrong with our clock at the times of rows, by their keys."""
    found = ((row["key"], clock_at(conn, row["report_id"], row["at"])) for row in rows)
    return {key: clock for key, clock in found if clock}


def entries_of(
    kind: str, rows: Iterable[Row], clocks: Mapping[str, WrongClock], lang: Language, t: Translator
) -> tuple[FeedEntry, ...]:
    """Return rows of a kind of feed in words, and whose times are not by our clock."""
    return tuple(
        FeedEntry(
            f"gongkai:{kind}:{row['key']}",
            row["title"] or row["report_id"],
            row["at"] if "T" in row["at"] else f"{row['at']}T00:00:00Z",
            row["agency"],
            f"/report/{path_segment(row['report_id'])}",
            _summary(kind, row, lang, t) + _clock_note(clocks.get(row["key"]), t),
        )
        for row in rows
    )


def _summary(kind: str, row: Row, lang: Language, t: Translator) -> str:
    place = row["region"] or ""
    if kind == "reports":
        return f"{place} · {t('published')} {row['published_on'] or t('unknown')}"
    if kind == "changes":
        if row["event"] == "removed":
            return f"{place} · {t('taken_down_dates', **_removal_days(row))}"
        cells = t("change_cells", n=row["cells"])
        passages = t("change_passages", n=row["passages"])
        return f"{place} · {t('change_size', cells=cells, passages=passages)}"
    rule = RULES.get(row["rule"])
    name = rule.title(lang) if rule else row["rule"]
    return f"{name}{t('colon')}{row['message_en' if lang == 'en' else 'message_zh']}"


def _clock_note(clock: WrongClock | None, t: Translator) -> str:
    """Return what the pages say beside a date of a wrong clock, "" where it was right."""
    if clock is None:
        return ""
    cause = t("clock_note_marked" if clock.is_marked else "clock_note_wrong")
    return f" {cause}{t('clock_note_by_server' if clock.by_server else 'clock_note_by_order')}"


def _removal_days(row: Row) -> dict[str, str]:
    return {"since": china_day(row["at"]), "last": china_day(row["last_seen"])}
