"""The failed checks of the archive as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from gongkai.archive.terminal.report_view import check_lines
from gongkai.catalogue import Language, text


def failed_check_lines(checks: list[dict[str, Any]], lang: Language) -> Iterator[str]:
    """Yield failed checks below the title of their report, and their number at the end."""
    for _, group in groupby(checks, lambda check: check["report_id"]):
        of_report: list[Mapping[str, Any]] = list(group)
        yield f"{of_report[0]['title']}  {of_report[0]['report_id']}"
        for check in of_report:
            yield from (f"  {line}" for line in check_lines(check, lang))
        yield ""
    yield text(lang, "failed_checks_counted", n=len(checks))
