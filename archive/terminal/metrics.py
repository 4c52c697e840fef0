"""What monitoring asks: the state of portals and archive in the text format of Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from gongkai.archive.pipeline.intake import COUNTS
from gongkai.archive.terminal.night_summary import SUCCESSFUL_OUTCOMES
from gongkai.catalogue import Language, text
from gongkai.messages import Message, message

_RUNS_BY_CLOCK = """
SELECT CASE clock WHEN '' THEN 'right' ELSE clock END AS state, count(*)
FROM runs WHERE kind = 'crawl' GROUP BY state ORDER BY state
"""
"""SQL: how many crawls have which opinion on their clock."""

READABLE_BY_ALL = 0o644
"""node_exporter runs as another user."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A gauge, with its values by their labels."""

    name: str
    about: Message
    values: Sequence[tuple[Mapping[str, str], float]]

    def lines(self, lang: Language) -> Iterator[str]:
        """Yield it as text; a metric without values is left out."""
        if not self.values:
            return
        about = text(lang, self.about).replace("\\", "\\\\").replace("\n", "\\n")
        yield f"# HELP {self.name} {about}"
        yield f"# TYPE {self.name} gauge"
        for labels, value in self.values:
            inner = ",".join(f'{name}="{_escape(label)}"' for name, label in labels.items())
            yield f"{self.name}{f'{{{inner}}}' if inner else ''} {_number(value)}"


def archive_metrics(
    conn: sqlite3.Connection, runs: Sequence[Mapping[str, Any]], archive: Path, walls_missing: int
) -> list[Metric]:
    """Return the metrics of an archive.

    `runs` are the last runs of all portals and of the build, as `status_report.last_runs` has them.
    """
    crawls = [run for run in runs if run["site"] and run["outcome"]]
    builds = [run for run in runs if not run["site"] and run["outcome"]]
    statuses = conn.execute("SELECT status, count(*) FROM reports GROUP BY status ORDER BY status")
    verdicts = conn.execute(
        "SELECT verdict, count(*) FROM checks GROUP BY verdict ORDER BY verdict"
    )
    agencies = conn.execute("SELECT count(DISTINCT agency_id) FROM reports").fetchone()[0]
    return [
        Metric("gongkai_reports", message("metric_reports"), _by("status", statuses)),
        Metric("gongkai_agencies", message("metric_agencies"), [({}, agencies)]),
        Metric("gongkai_failed_checks", message("metric_failed_checks"), _by("verdict", verdicts)),
        Metric("gongkai_archive_bytes", message("metric_bytes"), [({}, archive.stat().st_size)]),
        Metric(
            "gongkai_crawl_finished_timestamp_seconds",
            message("metric_crawl_finished"),
            _of_sites(crawls, "finished"),
        ),
        Metric(
            "gongkai_crawl_duration_seconds",
            message("metric_crawl_duration"),
            [(_site(run), _duration(run)) for run in crawls],
        ),
        Metric(
            "gongkai_crawl_succeeded",
            message("metric_crawl_succeeded"),
            [(_site(run), run["outcome"] in SUCCESSFUL_OUTCOMES) for run in crawls],
        ),
        Metric(
            "gongkai_crawl_outcome",
            message("metric_crawl_outcome"),
            [({**_site(run), "outcome": run["outcome"]}, 1) for run in crawls],
        ),
        Metric(
            "gongkai_crawl_pages",
            message("metric_crawl_pages"),
            [
                ({**_site(run), "result": name}, run[name])
                for run in crawls
                for name in COUNTS
                if run.get(name) is not None
            ],
        ),
        Metric(
            "gongkai_site_reports",
            message("metric_site_reports"),
            [(_site(run), run["reports"]) for run in runs if run["site"]],
        ),
        Metric(
            "gongkai_build_finished_timestamp_seconds",
            message("metric_build_finished"),
            [({}, _seconds(run["finished"])) for run in builds],
        ),
        Metric(
            "gongkai_clock_lead_seconds", message("metric_clock_lead"), _clock_leads(conn, crawls)
        ),
        Metric(
            "gongkai_runs_by_clock",
            message("metric_runs_by_clock"),
            _by("clock", conn.execute(_RUNS_BY_CLOCK)),
        ),
        Metric("gongkai_missing_protections", message("metric_protections"), [({}, walls_missing)]),
    ]


def _clock_leads(
    conn: sqlite3.Connection, crawls: Iterable[Mapping[str, Any]]
) -> list[tuple[Mapping[str, str], float]]:
    """Return by how much the servers of each portal were ahead of our clock in its last built crawl."""
    leads = dict(
        conn.execute(
            "SELECT site, server_lead FROM runs WHERE kind = 'crawl' AND server_lead IS NOT NULL"
            " ORDER BY seen_at, id"
        ).fetchall()
    )
    return [(_site(run), leads[run["site"]]) for run in crawls if run["site"] in leads]


def metrics_text(metrics: Iterable[Metric], lang: Language) -> str:
    """Return metrics as one text, which ends with a line break."""
    return "".join(f"{line}\n" for metric in metrics for line in metric.lines(lang))


def write_atomically(path: Path, content: str) -> None:
    """Write a file so that whoever reads it meanwhile has the whole old or the whole new one."""
    # a hidden name without .prom, which node_exporter does not read
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=".", delete=False
    ) as file:
        draft = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            draft.chmod(READABLE_BY_ALL)
            draft.replace(path)
        except BaseException:
            draft.unlink()
            raise


def _by(label: str, rows: Iterable[tuple[str, int]]) -> list[tuple[Mapping[str, str], float]]:
    return [({label: name}, count) for name, count in rows]


def _of_sites(
    runs: Iterable[Mapping[str, Any]], field: str
) -> list[tuple[Mapping[str, str], float]]:
    return [(_site(run), _seconds(run[field])) for run in runs]


def _site(run: Mapping[str, Any]) -> dict[str, str]:
    return {"site": str(run["site"])}


def _duration(run: Mapping[str, Any]) -> float:
    return _seconds(run["finished"]) - _seconds(run["started"])


def _seconds(stamp: str) -> float:
    at = datetime.fromisoformat(stamp)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _escape(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
