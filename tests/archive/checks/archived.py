"""Reports put into an archive, and the checks that it then holds."""

from __future__ import annotations

from gongkai.archive.checks import RULES
from gongkai.extract.forms import FORM_2021
from tests.archive.folder import Folder, report_page

PLACEHOLDER = "本节说明文字，共计若干件，详见附表。"


def article(
    agency: str = "平罗县教育局", year: int = 2024, prose: str = "", day: str = "", **cells: str
) -> bytes:
    """Return a report whose first section says `prose`, published by the end of January."""
    body = report_page(agency, year, form=FORM_2021, template="", **cells)
    body = body.replace(b"2025-01-20", (day or f"{year + 1}-01-20").encode())
    return body.replace(PLACEHOLDER.encode(), (prose or PLACEHOLDER).encode(), 1)


def checks(folder: Folder) -> list[tuple[object, ...]]:
    return folder.rows(
        "SELECT report_id, rule, scope, verdict, left_value, right_value FROM checks"
        f" WHERE rule IN ({', '.join(repr(rule) for rule in RULES)})"
        " ORDER BY report_id, rule, scope, right_value"
    )
