"""How late a report is."""

from __future__ import annotations

from datetime import date


def days_between(deadline: str | None, published_on: str | None) -> int:
    """Return by how many days one date lies after another, 0 where one is not a date."""
    try:
        late = date.fromisoformat(published_on or "") - date.fromisoformat(deadline or "")
    except ValueError:
        return 0
    return max(0, late.days)
