"""The notebooks of the tutorials: the same code in both languages, and no output that is stale.

`publish/browser/test_other_origins.py` runs them on a publication.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gongkai.publish.wording.dictionary import tables
from tests.paths import ROOT

FOLDER = ROOT / "docs" / "tutorials"
ENGLISH = sorted(path for path in FOLDER.glob("*.ipynb") if not path.name.endswith(".zh.ipynb"))


def cells(path: Path, kind: str) -> list[str]:
    """Return the sources of the cells of a kind."""
    book: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({each["id"] for each in book["cells"]}) == len(book["cells"])
    return ["".join(each["source"]) for each in book["cells"] if each["cell_type"] == kind]


def test_there_are_notebooks() -> None:
    assert [path.name for path in ENGLISH] == ["disclosure-rates.ipynb"]


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.name)
def test_both_languages_have_the_same_code(path: Path) -> None:
    """And no output: it would be that of another archive."""
    chinese = path.with_name(path.name.replace(".ipynb", ".zh.ipynb"))
    assert cells(path, "code") == cells(chinese, "code")
    assert len(cells(path, "markdown")) == len(cells(chinese, "markdown"))
    assert '"outputs": []' in path.read_text(encoding="utf-8")
    assert "output_type" not in path.read_text(encoding="utf-8")


def code_in(path: Path, language: str) -> list[str]:
    """Return the code blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)


def test_the_columns_of_the_study_in_r_are_there() -> None:
    """No R is at hand where the tests run: its names are held against the tables."""
    (code,) = code_in(FOLDER / "disclosure-rates.md", "r")
    assert code_in(FOLDER / "disclosure-rates.zh.md", "r") == [code]
    own = {
        "series",
        "is_government",
        "reports",
        "handled",
        "rate",
        "country",
        "site",
        "summary",
        "rates",
    }
    named = set(re.findall(r"\b(?:is\.na|sum)\((\w+)\)", code))
    named |= set(re.findall(r"(\w+) (?:==|!=) \"", code))
    named |= {
        each for found in re.findall(r"group_by\(([\w, ]+)\)", code) for each in found.split(", ")
    }
    assert {"disclosed", "requests_handled", "kind", "level", "covers", "year"} <= named
    assert named - own <= set(tables()["report_summary"].fields)


@pytest.mark.parametrize("name", ["use-the-interface"])
def test_both_languages_show_the_same_requests(name: str) -> None:
    english, chinese = (ROOT / "docs" / "how-to" / f"{name}{end}" for end in (".md", ".zh.md"))
    for language in ("python", "json", "js", "sql"):
        assert code_in(english, language) == code_in(chinese, language) != []
