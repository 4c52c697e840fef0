"""Every word is there in both languages: of the interface, of the data, of Datasette itself."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import datasette
import pytest
from datasette.filters import Filters

import gongkai.publish
from gongkai.extract.forms import FORM_2019, FORM_2021
from gongkai.publish.wording.codes import CODES, scope_word, word
from gongkai.publish.wording.dictionary import DICTIONARY
from gongkai.publish.wording.metadata import metadata
from gongkai.publish.wording.rules import RULES
from gongkai.publish.wording.strings import STRINGS
from gongkai.publish.wording.template_names import circled, day, moment, size, web

HERE = Path(gongkai.publish.__file__).parent
TEMPLATES = HERE / "templates"
SOURCES = [*TEMPLATES.glob("*.html"), *HERE.rglob("*.py")]
COMPOSED = (
    "lookup_",
    "note_",
    "figure_",
    "caption_",
    "error_",
    "part_",
    "chart_",
    "carry_",
    "total_",
    "feed_",
    "facet_",
    "answer_",
    "order_",
    "blame_",
    "health_",
    "healthy_",
    "year_",
    "file_",
)
"""Beginnings of keys that templates put together from a code."""

BLOCKED = {
    "_close_open_menus.html": "a script, and base.html has no menus",
    "_codemirror.html": "SQL is off",
    "_codemirror_foot.html": "SQL is off",
    "_description_source_license.html": "included by pages that are ours",
    "_footer.html": "included by base.html, which is ours",
    "_suggested_facets.html": "suggestions are off",
    "allow_debug.html": "behind /-/",
    "index.html": "/ is ours",
    "logout.html": "behind /-/",
    "messages_debug.html": "behind /-/",
    "patterns.html": "behind /-/",
    "permissions_debug.html": "behind /-/",
    "show_json.html": "behind /-/",
}
"""Stock templates in English that no reader ever sees, and why."""


def test_no_stock_template_is_shown() -> None:
    """An upgrade of Datasette that brings a page of its own fails here."""
    stock = Path(datasette.__file__).parent / "templates"
    ours = {path.name for path in TEMPLATES.glob("*.html")}
    left = {path.name for path in stock.glob("*.html")} - ours - set(BLOCKED)
    assert left == set()


def test_templates_ask_for_strings_that_exist_and_all_are_used() -> None:
    """No key without words, no words without use."""
    text = "\n".join(source.read_text(encoding="utf-8") for source in SOURCES)
    asked = set(re.findall(r"""\bt\(\s*["']([a-z_0-9]+)["']\s*[,)]""", text))
    assert asked <= set(STRINGS)
    tables = {source for source in SOURCES if source.name.startswith("strings")}
    text = "\n".join(source.read_text(encoding="utf-8") for source in {*SOURCES} - tables)
    unused = {key for key in STRINGS if not re.search(rf"""["']{key}["']""", text)}
    assert {key for key in unused if not key.startswith(COMPOSED)} == set()


def test_every_string_is_in_both_languages() -> None:
    """With the same values to be filled in."""
    for key, (zh, en) in STRINGS.items():
        assert zh, key
        assert en, key
        assert set(re.findall(r"\{\w+\}", zh)) == set(re.findall(r"\{\w+\}", en)), key


def test_every_filter_of_datasette_has_its_words() -> None:
    """The stock ones are in English in its code."""
    assert {key for key, _, _ in Filters([]).lookups()} == {
        key.removeprefix("lookup_") for key in STRINGS if key.startswith("lookup_")
    }


def test_the_dictionary_knows_every_column_of_the_archive(archive: Path) -> None:
    """Tables and views alike, and nothing that is not there."""
    conn = sqlite3.connect(f"{archive.as_uri()}?mode=ro", uri=True)
    for name, entry in DICTIONARY.tables.items():
        columns = {row[1] for row in conn.execute(f"pragma table_info({name})")}
        assert columns, name
        assert columns == set(entry.columns), name
    conn.close()


def test_the_dictionary_is_in_both_languages() -> None:
    """Titles, descriptions, columns; a note in one is a note in the other."""
    for table in DICTIONARY.tables.values():
        assert all((table.zh, table.en, table.about_zh, table.about_en)), table.name
        for name, column in table.columns.items():
            assert all((column.zh, column.en)), (table.name, name)
            assert bool(column.note_zh) == bool(column.note_en), (table.name, name)
            assert re.search("[\u4e00-\u9fff]", column.zh + column.note_zh) or column.zh.isascii()


def test_metadata_puts_english_beside_chinese() -> None:
    """And hides what the dictionary does not know."""
    about = metadata(["reports", "readings", "search_index_data"])
    tables = about["databases"]["archive"]["tables"]
    assert tables["reports"]["title"] == "年度报告 · Reports"
    assert tables["reports"]["label_column"] == "title"
    assert tables["reports"]["facets"] == ["year", {"region": "agency_id"}, "form", "status"]
    assert tables["checks"]["columns"]["scope"] == (
        "范围（所涉的行、列或类别） · Scope (row, column or proceeding)"
    )
    assert tables["readings"] == tables["search_index_data"] == {"hidden": True, "allow": False}
    english = metadata([], "en")["databases"]["archive"]["tables"]["reports"]
    assert english["title"] == "Reports · 年度报告"


def test_every_code_of_the_forms_has_its_words() -> None:
    """Rows, columns, proceedings and rules."""
    for form in (FORM_2021, FORM_2019):
        for key in (*form.active_keys, *(item.key for item in form.items)):
            assert scope_word(key, "zh") != key
            assert scope_word(key, "en") != key
    assert word("rule", "requests_balance", "en") == "Requests balance"
    assert word("status", "nonsense", "zh") == "nonsense"
    assert all(zh and en for words in CODES.values() for zh, en in words.values())
    assert all(rule.about_zh and rule.about_en for rule in RULES.values())


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("http://www.pingluo.gov.cn/a", True),
        (" HTTPS://example.gov.cn/", True),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.com", False),
        ("", False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str | None, safe: bool) -> None:
    """Anything else is text."""
    assert bool(web(url)) is safe


def test_times_sizes_and_marks_as_people_read_them() -> None:
    """By the clock of Beijing in Chinese."""
    assert moment("zh", "2025-06-01T18:30:00Z") == "2025-06-02 02:30（北京时间）"
    assert moment("en", "2025-06-01T18:30:00Z") == "2025-06-01 18:30 UTC"
    assert moment("zh", "not a time") == "not a time"
    assert [day("zh", at) for at in ("2025-06-01T18:30:00Z", "2025-06-01", None)] == [
        *("2025-06-02", "2025-06-01", "")
    ]
    assert day("en", "2025-06-01T18:30:00Z") == "2025-06-01"
    assert [size(n) for n in (90, 1500, 2_340_000, None)] == ["90 B", "1.5 kB", "2.3 MB", ""]
    assert [circled(n) for n in (1, 20, 21)] == ["①", "⑳", "(21)"]
