"""Checks that need more than one report, or the calendar: one module for each family of rules.

They are pure functions of facts about the reports. They run after everything is loaded, over all
reports, so that many builds give the same as one rebuild. A rule gives findings and never changes a
number. The meaning of an id never changes.
"""

from __future__ import annotations

RULES = ("carry_over", "in_force_continuity", "deadline", "near_duplicate", "foreign_place")
"""The rules of this package: their rows in `checks` are written after all reports are loaded."""

VERSION = "3"
"""Changes with any rule here; an archive checked by another version is checked again."""
