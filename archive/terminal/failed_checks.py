"""The failed checks of the whole archive, or of some of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from gongkai.archive.terminal.report_view import finding


def render(checks: list[dict[str, Any]]) -> Iterator[str]:
    """Yield failed checks as lines for a person, each report with its own."""
    for _, group in groupby(checks, lambda check: check["report_id"]):
        of_report: list[Mapping[str, Any]] = list(group)
        yield f"{of_report[0]['title']}  {of_report[0]['report_id']}"
        for check in of_report:
            yield from (f"  {line}" for line in finding(check))
        yield ""
    yield f"{len(checks)} 项核对未通过 checks failed"
