"""How late a report is."""

from __future__ import annotations

from datetime import date


def days_late(deadline: str | None, published_on: str | None) -> int:
    """Return how many days a report was published after its deadline.

    It is 0 for a report that was in time, and where one of the two is not an ISO date.
    """
    try:
        late = date.fromisoformat(published_on or "") - date.fromisoformat(deadline or "")
    except ValueError:
        return 0
    return max(0, late.days)
