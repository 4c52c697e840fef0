"""The last run of every portal, and of the build."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from gongkai.archive.pipeline.intake import COUNTS
from gongkai.archive.store.work_queue import ADDED
from gongkai.archive.terminal.text_width import pad, width

HEADS = {
    "site": "网站 site",
    "started": "开始 started",
    "outcome": "结果 outcome",
    "requests": "页面 pages",
    "new": "新增 new",
    "changed": "变更 changed",
    "unchanged": "未变 unchanged",
    "gone": "消失 gone",
    "blocked": "拦截 blocked",
    "errors": "出错 errors",
    "reports": "报告 reports",
}


def last_runs(conn: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return the last crawl of every portal (with NULLs where there was none) and the last build.

    `reports` is how many reports of the archive stand at that portal.
    """
    counts = ", ".join(f"r.{name}" for name in COUNTS)
    crawls = conn.execute(
        f"""SELECT s.id AS site, s.name, 'crawl' AS kind, r.started, r.finished, r.outcome, {counts},
              (SELECT count(DISTINCT p.id) FROM reports p
               JOIN snapshots n ON n.url = p.url AND n.digest = p.digest WHERE n.site = s.id)
              AS reports
            FROM sites s LEFT JOIN runs r ON r.id = (
              SELECT l.id FROM runs l WHERE l.site = s.id AND l.kind = 'crawl'
              ORDER BY l.started DESC, l.id DESC LIMIT 1)
            WHERE s.id <> '{ADDED}' ORDER BY s.id"""
    )
    rows = _rows(crawls)
    builds = conn.execute(
        f"""SELECT '' AS site, '建库 build' AS name, kind, started, finished, outcome, {counts},
              (SELECT count(*) FROM reports) AS reports
            FROM runs r WHERE kind = 'build' ORDER BY started DESC, id DESC LIMIT 1"""
    )
    return rows + _rows(builds)


def with_newer(
    shown: Sequence[Mapping[str, Any]], runs: Iterable[Any], known: Container[str]
) -> list[dict[str, Any]]:
    """Return the last runs, with the crawls that no build has read yet in place of older ones.

    :param runs: those of the folder of originals, oldest first
    :param known: the ids of those that the archive has
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
            "reports": row["reports"],
        }
    return sorted(rows.values(), key=lambda row: (row["site"] == "", row["site"]))


def _rows(found: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def render(runs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return runs as lines, a column for each count."""
    rows = [list(HEADS.values())]
    for run in runs:
        shown = {**run, "site": f"{run['site']} {run['name']}".strip()}
        rows.append(["—" if shown[key] is None else str(shown[key]) for key in HEADS])
    return columns(rows, left=3)


def columns(rows: Sequence[Sequence[str]], left: int) -> list[str]:
    """Return rows as aligned lines; the first `left` columns stand at the left, numbers at the right.

    The heads, two words each, take two lines, so that the counts stay on one screen.
    """
    heads = [head.partition(" ")[::2] for head in rows[0]]
    lines = [[one for one, _ in heads], [other for _, other in heads], *rows[1:]]
    widths = [max(width(line[place]) for line in lines) for place in range(len(heads))]
    return [
        "  ".join(
            pad(cell, widths[place], right=place >= left) for place, cell in enumerate(line)
        ).rstrip()
        for line in lines
    ]
