"""The last run of every portal, and of the build."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from gongkai.archive.pipeline.intake import COUNTS
from gongkai.archive.store.work_queue import ADDED
from gongkai.archive.terminal.text_width import columns
from gongkai.catalogue import Language, stored_text, text
from gongkai.crawler.warc.snapshot import Run

HEADS = {
    "site": "head_site",
    "started": "head_started",
    "outcome": "head_outcome",
    "requests": "head_pages",
    "new": "head_new",
    "changed": "head_changed",
    "unchanged": "head_unchanged",
    "gone": "head_gone",
    "blocked": "head_blocked",
    "errors": "head_errors",
    "reports": "head_reports",
}

CLOCKS = {
    "wrong": "status_clock_wrong",
    "doubtful": "status_clock_doubtful",
    "marked": "status_clock_marked",
}
"""What is thought of the clock of a crawl, and its text."""

HOSTILE = "hostile"
"""A count that is shown where a run has it: most portals never have a hostile page."""


def last_runs(conn: sqlite3.Connection, lang: Language) -> list[dict[str, Any]]:
    """Return the last crawl of every portal (with None where there was none) and the last build.

    `reports` is the number of reports of the archive that were found at that portal.
    """
    counts = ", ".join(f"r.{name}" for name in COUNTS)
    crawls = conn.execute(
        f"""SELECT s.id AS site, s.name, 'crawl' AS kind, r.started, r.finished, r.outcome, {counts},
              r.why_{lang} AS why,
              (SELECT count(DISTINCT p.id) FROM reports p
               JOIN snapshots n ON n.url = p.url AND n.digest = p.digest WHERE n.site = s.id)
              AS reports,
              (SELECT o.pages FROM run_outcomes o WHERE o.run = r.id AND o.outcome = '{HOSTILE}')
              AS {HOSTILE}
            FROM sites s LEFT JOIN runs r ON r.id = (
              SELECT l.id FROM runs l WHERE l.site = s.id AND l.kind = 'crawl'
              ORDER BY l.seen_at DESC, l.id DESC LIMIT 1)
            WHERE s.id <> '{ADDED}' ORDER BY s.id"""
    )
    rows = _rows(crawls)
    builds = conn.execute(
        f"""SELECT '' AS site, ? AS name, kind, started, finished, outcome, {counts},
              r.why_{lang} AS why, (SELECT count(*) FROM reports) AS reports, NULL AS {HOSTILE}
            FROM runs r WHERE kind = 'build' ORDER BY seen_at DESC, id DESC LIMIT 1""",
        [text(lang, "status_build")],
    )
    return rows + _rows(builds)


def with_unbuilt_crawls(
    shown: Sequence[Mapping[str, Any]],
    runs: Iterable[Run],
    known: Container[str],
    lang: Language,
) -> list[dict[str, Any]]:
    """Return the last runs, with crawls that no build has read yet in place of older ones.

    `runs` are those of the folder of originals, oldest first; `known` are the ids of those that
    the archive has.
    """
    rows = {row["site"]: dict(row) for row in shown}
    for run in runs:
        if run.id in known or run.kind != "crawl":
            continue
        row = rows.get(run.site, {"site": run.site, "name": "", "reports": 0})
        rows[run.site] = {
            **{name: row[name] for name in ("site", "name")},
            **{name: getattr(run, name) for name in ("kind", "started", "finished", "outcome")},
            **{name: run.counts.get(name) for name in COUNTS},
            "why": stored_text(lang, run.why) if run.why else None,
            "reports": row["reports"],
            HOSTILE: run.counts.get(HOSTILE),
        }
    return sorted(rows.values(), key=lambda row: (row["site"] == "", row["site"]))


def _rows(found: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def clock_counts(conn: sqlite3.Connection) -> dict[str, int]:
    """Return how many crawls had a clock that is wrong, marked as wrong or doubtful, by that word."""
    found = conn.execute(
        "SELECT clock, count(*) FROM runs WHERE kind = 'crawl' AND clock <> '' GROUP BY clock"
    )
    return {str(clock): int(n) for clock, n in found}


def clock_line(counts: Mapping[str, int], lang: Language) -> str:
    """Return what is thought of the clocks of all crawls, "" where all were right."""
    told = [text(lang, key, n=counts[name]) for name, key in CLOCKS.items() if name in counts]
    return (
        text(lang, "status_clocks", counts=text(lang, "list_separator").join(told)) if told else ""
    )


def status_lines(runs: Iterable[Mapping[str, Any]], lang: Language) -> list[str]:
    """Return runs as lines, with a column for each count, and why runs did not go well."""
    found = list(runs)
    heads = dict(HEADS)
    if any(run.get(HOSTILE) for run in found):
        heads[HOSTILE] = "head_hostile"
    rows = [[text(lang, head) for head in heads.values()]]
    for run in found:
        shown = {**run, "site": f"{run['site']} {run['name']}".strip()}
        rows.append(["—" if shown[key] is None else str(shown[key]) for key in heads])
    reasons = [f"{run['site']}: {run['why']}" for run in found if run["why"]]
    return [*columns(rows, left=3), *reasons]
