"""The ids of the rules on the arithmetic of the tables. They are part of the data contract."""

from __future__ import annotations

REQUESTS_ROW_TOTAL = "requests_row_total"
REVIEW_TOTAL = "review_total"
LITIGATION_TOTAL = "litigation_total"

IDENTITY_RULES = frozenset(
    {
        "requests_balance",
        "requests_outcome_sum",
        REQUESTS_ROW_TOTAL,
        REVIEW_TOTAL,
        LITIGATION_TOTAL,
    }
)
"""A reading that satisfies all of them was hardly misread."""
