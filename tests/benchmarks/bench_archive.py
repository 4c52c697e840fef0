"""Loading and searching: reports per second, and an indexed search beside a scan of the same texts."""

from __future__ import annotations

from tests.benchmarks.archive_figures import measure

REPORTS = 1_000


def main() -> None:
    """Print the figures of a synthetic archive."""
    for line in measure(REPORTS).lines():
        print(line)
