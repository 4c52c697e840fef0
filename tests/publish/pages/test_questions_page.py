"""The guide that answers six questions: its addresses, on a site that is served."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.paths import ROOT
from tests.publish.small_archive import Page

GUIDES = [ROOT / "docs/how-to" / f"answer-questions{lang}.md" for lang in ("", ".zh")]
ADDRESS = re.compile(r"<http://127\.0\.0\.1:8001(/[^>]*)>")
SHOWS = {
    "/table": "table",
    "/archive/reasons_by_agency": "table.rows",
    "/checks": ".result-list ol",
    "/coverage": ".result-list tbody tr",
    "/region/640000": "figure",
    "/compare": "figure, table",
    "/search": "mark",
    "/data": "h1",
}
"""What the answer is, by the beginning of its address."""


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
async def test_each_address_has_an_answer(visit: Page, guide: Path) -> None:
    found = ADDRESS.findall(guide.read_text(encoding="utf-8"))
    assert len(found) == len(SHOWS)
    for address in found:
        path = address.removeprefix("/en")
        page = await visit(quote(address, safe="/?&=%"))
        wanted = next(shown for begin, shown in SHOWS.items() if path.startswith(begin))
        assert page.select(wanted), address
