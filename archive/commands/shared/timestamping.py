"""Timestamps of manifests, as commands ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongkai.archive.terminal.console import render

if TYPE_CHECKING:
    from gongkai.crawler.evidence.stamping import StampingResult


def check_timestamps(authorities: Sequence[str]) -> None:
    """Check the addresses of authorities before hours of crawling, not after.

    Raises:
        AuthorityInvalid: One cannot be that of an authority.
    """
    if authorities:
        from gongkai.crawler.evidence.stamping import check_authorities

        check_authorities(authorities)


def have_stamped(snapshots: Path, authorities: Sequence[str]) -> StampingResult:
    """Have the last manifest stamped; an authority that gives none is named in the result.

    Raises:
        StorageError: The manifests cannot be read.
    """
    from gongkai.crawler.evidence.stamping import StampingResult, stamp_chain

    return stamp_chain(snapshots, authorities) if authorities else StampingResult()


def stamping_lines(done: StampingResult) -> list[str]:
    """Return what authorities gave, one line for each."""
    return [
        *(render("stamp_kept", number=done.number, authority=name) for name in done.stamped),
        *(render("stamp_present", number=done.number, authority=name) for name in done.present),
    ]


def stamping_data(done: StampingResult) -> dict[str, Any]:
    """Return what authorities gave, for a script."""
    return {
        "manifest": done.number,
        "stamped": done.stamped,
        "present": done.present,
        "failed": [render(problem) for problem in done.failed],
    }
