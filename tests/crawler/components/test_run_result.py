"""How a run is judged by what is known at its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gongkai.catalogue import text
from gongkai.crawler.components.list_ledger import Shortfall
from gongkai.crawler.components.recorder import BASE_COUNTS
from gongkai.crawler.components.run_result import RunFacts, judge_run
from gongkai.messages import message

GOOD = RunFacts(
    reason="finished",
    counts=dict.fromkeys(BASE_COUNTS, 0) | {"requests": 30, "reports": 20},
    min_reports=10,
    last_reports=25,
)


def test_a_run_that_found_enough_is_ok():
    assert judge_run(GOOD) == ("ok", None)


@pytest.mark.parametrize(
    ("changes", "counts", "outcome", "why"),
    [
        ({}, {"reports_lost": 2}, "ok", ""),
        (
            {},
            {"reports_lost": 5},
            "incomplete",
            "5 pages with the title of a report could not be fetched or read, of 25",
        ),
        (
            {"busy": message("site_busy", site="x", holder="7"), "reason": "busy"},
            {},
            "busy",
            "x is being crawled by another process (7)",
        ),
        (
            {"fault": message("snapshots_not_open")},
            {},
            "failed",
            "The snapshots folder is not open",
        ),
        ({"reason": "shutdown"}, {}, "interrupted", "Stopped by a signal"),
        ({"reason": "blocked"}, {"blocked": 5}, "failed", "Stopped: 5 block pages"),
        (
            {"reason": "window"},
            {},
            "partial",
            "Outside the nightly window; the next night fetches the rest",
        ),
        ({"reason": "budget"}, {"blocked": 1}, "failed", "1 block page"),
        (
            {"reason": "closespider_pagecount"},
            {},
            "failed",
            "Stopped before the end: closespider_pagecount",
        ),
        ({}, {"requests": 0, "reports": 0}, "failed", "The site did not answer"),
        ({}, {"reports": 0}, "failed", "No report was found"),
        (
            {},
            {"reports": 0, "blocked": 2, "blocked: 瑞数": 2},
            "failed",
            "No report was found; 2 block pages (瑞数 2)",
        ),
        ({}, {"reports": 1}, "failed", "1 report found, at least 10 expected"),
        ({}, {"reports": 12}, "failed", "12 reports found, 25 the last time"),
        ({"shrink_limit": 0.0}, {"reports": 12}, "ok", ""),
        ({}, {"blocked": 1}, "failed", "1 block page"),
        (
            {"lists": [Shortfall("http://x.gov.cn/nb/", "年报", 2, 5, "rows")]},
            {},
            "incomplete",
            "1 list was reached in part: 2 of 5 rows of 年报 http://x.gov.cn/nb/",
        ),
        (
            {"empty_columns": [Shortfall("u", "", 0, 1, "empty")] * 7},
            {},
            "ok",
            "7 columns of agencies have no rows: " + ", ".join(["no rows in u"] * 5),
        ),
        (
            {"lists": [Shortfall("u", "", 0, 1, "column")]},
            {"reports": 1},
            "failed",
            "1 report found, at least 10 expected",
        ),
        (
            {"lists": [Shortfall("u", "", 0, 1, "column")], "reason": "budget"},
            {},
            "partial",
            "The page budget is spent; the next night fetches the rest",
        ),
    ],
)
def test_a_run_is_judged_by_what_stopped_it_and_what_it_found(changes, counts, outcome, why):
    facts = replace(GOOD, counts={**GOOD.counts, **counts}, **changes)
    judged, reason = judge_run(facts)
    assert (judged, text("en", reason) if reason else "") == (outcome, why)
