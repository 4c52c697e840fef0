"""The checks that need more than one report, or the calendar: one module for each family of rules.

Pure functions of what is known of the reports. They run when everything is loaded, over everything
that is known, so that building night by night gives what one rebuild gives. A rule gives findings;
it never changes a number. Ids never change meaning.
"""

from __future__ import annotations

RULES = ("carry_over", "in_force_continuity", "deadline", "near_duplicate", "foreign_place")
"""The rules of this package: their rows in `checks` are written after all reports are loaded."""

VERSION = "1"
"""Changes with any rule here; an archive checked by another version is checked again."""
