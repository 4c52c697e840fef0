"""Mutated pages are analysed without a fault of ours, and short ones within their budget."""

from __future__ import annotations

from itertools import islice

from gongkai.crawler.analysis.analyst import AnalysisLimits, Analyst
from tests.hostile.fuzz import SHORT_BYTES, pages

PAGES = 60


def test_mutated_pages() -> None:
    analyst = Analyst(AnalysisLimits())
    try:
        for page in islice(pages(7), PAGES):
            found = analyst.analyze(page)  # raises where the analysis itself fails
            is_deep = found.limit == "depth"  # refused before it is read
            assert found.outcome != "hostile" or is_deep or len(page.body) >= SHORT_BYTES, found
    finally:
        analyst.close()
