"""No pattern of the packages grows much faster than linear with hostile input."""

from __future__ import annotations

import re

import pytest

from tests.patterns.collect import Held, built_when_called, held_patterns, skipped_sources
from tests.patterns.growth import growth_of
from tests.patterns.pumps import Pump, pumps_of

BUILT_WHEN_CALLED = {
    # the escaped tokens of a search phrase with [\W_]* between them: one way to divide a text
    "gongkai.archive.store.hit_marks.of",
    # a pattern of our own routes, for addresses of our own
    "gongkai.publish.interface.known_parameters.known_parameters",
}
"""Functions that may build a pattern when they are called, each for a reason."""

SEEN = (
    Pump("", "县政府", "x"),
    Pump("", "县直部门", "x"),
    Pump("政府信息公开年度报告", "(1)", "x"),
    Pump("location=", " ", "x"),
    Pump("", "<script", ""),
    Pump("/art_", "1_", "!"),
    Pump("", "window._CONFIG=", ""),
)
"""Inputs of attacks that were seen, given to all patterns."""


def test_no_pattern_grows_faster_than_a_little_above_linear() -> None:
    """Every pattern of the packages, in a replacement and in a full match."""
    too_fast = {
        held.place: growth
        for held in held_patterns()
        if (growth := growth_of(held, SEEN)).is_too_fast
    }
    assert not too_fast


def test_functions_build_no_patterns_for_foreign_text() -> None:
    """A pattern that is known only when it is used is not measured above."""
    assert built_when_called() == BUILT_WHEN_CALLED


def test_modules_that_are_not_imported_hold_no_patterns() -> None:
    """They run when they are imported, so they are read only."""
    assert [source for source in skipped_sources() if re.search(r"\bre\.\w+\(", source)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:县|政府|县政府)*x",
        r"^(?:[(][^()]{1,16}[)]|[(][\d]{1,30}[)])*$",
        r"a\s*\(?\s*b",
        r"\s*$",
        r"\d+年",
        r"<[^>]+>",
        r"<script.*?</script>",
        r"/[a-z]*xxgk[a-z]*/",
        r"(?:art|article)_?\w*\d\w*$",
        r"(?:\w+,?)+;",
        r'"(?:[^"\\]|\\.)*"',
        rb"\s*\)?\s*\+",
    ],
)
def test_known_kinds_of_slow_patterns_are_found(pattern: str | bytes) -> None:
    """The search for hostile inputs finds each kind that was mended."""
    assert growth_of(Held("here", re.compile(pattern))).is_too_fast


@pytest.mark.parametrize(
    "pattern",
    [r"(?<!\d)\d++年", r"(?<!\s)\s++$", r"<[^<>]++>", r"(?:县政府|县){0,20}+x", r"[一二]{1,9}年"],
)
def test_careful_patterns_pass(pattern: str) -> None:
    """Guards, possessive quantifiers and bounds are enough."""
    assert not growth_of(Held("here", re.compile(pattern))).is_too_fast


def test_the_same_pattern_gives_the_same_pumps() -> None:
    """A failure can be repeated."""
    patterns = held_patterns()
    first = [pumps_of(held.pattern.pattern, held.pattern.flags) for held in patterns]
    assert first == [pumps_of(held.pattern.pattern, held.pattern.flags) for held in patterns]
