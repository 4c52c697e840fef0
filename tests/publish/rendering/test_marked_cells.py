"""The cell that a proof marks has the text of the value: a second parser looks for it in the page."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gongkai.extract.model.report import Source
from gongkai.publish.rendering.shown_document import show_document
from tests.paths import REPORTS

SUFFIXES = (".html", ".docx", ".xlsx", ".xls", ".ofd", ".txt", ".zip")
SOURCES = [path for path in sorted(REPORTS.glob("*/source.*")) if path.suffix in SUFFIXES]
STRUCK = ("del", "s", "strike")


class CellTexts(HTMLParser):
    """The text of each element with an id, without what is struck out; `twice` are ids met again."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.twice: set[str] = set()
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("id") or ""
        if name:
            self.twice |= {name} & set(self.texts)
            self.texts[name] = ""
        if tag not in ("br", "img", "hr", "col", "wbr"):
            self._open.append((tag, name))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(tag in STRUCK for tag, _ in self._open):
            return
        for _, name in self._open:
            if name:
                self.texts[name] += data


def squeezed(text: str) -> str:
    """Return a text without spaces and characters that nobody sees."""
    seen = (
        char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf"
    )
    return "".join("".join(seen).split())


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.parent.name)
def test_the_marked_cell_says_what_was_read(path: Path) -> None:
    shown = show_document(path.read_bytes(), Source(filename=path.name))
    page = CellTexts()
    page.feed(shown.markup)
    cells = {key: cell for key, cell in shown.cells.items() if cell.column >= 0}
    assert page.twice == set()
    marked = {
        key: [page.texts.get(f"c{n}", "") for n in cell.numbers] for key, cell in cells.items()
    }
    wrong = {
        key: (cells[key].raw, texts)
        for key, texts in marked.items()
        if shown.kind != "picture"
        and [squeezed(text) for text in texts] != [squeezed(cells[key].raw)]
    }
    assert wrong == {}
    assert [key for key, cell in shown.cells.items() if cell.raw and cell.column < 0] == []
