"""Every word is there in both languages: of the interface, of the data, of Datasette itself."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import datasette
import pytest
from babel.messages.catalog import Catalog, Message
from datasette.filters import Filters

import gongkai.publish
from gongkai.catalogue import LANGUAGES, LOCALES, Language
from gongkai.catalogue_update import catalogue_path, read_catalogue
from gongkai.extract.forms import FORM_2019, FORM_2021
from gongkai.publish.pages.data.api_examples import EXAMPLES
from gongkai.publish.pages.places.comparison_export import CODE_COLUMNS, COLUMNS
from gongkai.publish.pages.report.printed_form import ARTICLE_ITEMS, GROUPS
from gongkai.publish.pages.report.report_export import CELL_COLUMNS
from gongkai.publish.queries.example_queries import EXAMPLE_QUERIES
from gongkai.publish.wording.codes import CODES
from gongkai.publish.wording.measures import MEASURES
from gongkai.publish.wording.rules import RULES
from gongkai.publish.wording.translation import translator
from tests.paths import ROOT

HERE = Path(gongkai.publish.__file__).parent
TEMPLATES = HERE / "templates"
TEXTS = {
    path: path.read_text(encoding="utf-8")
    for path in (*TEMPLATES.glob("*.html"), *HERE.rglob("*.py"))
}
USED_ELSEWHERE = {
    "licence_about",
    "release_changes_forwards",
    "release_changes_none",
    "release_changes_since",
    "release_citation",
    "release_citation_bare",
    "release_head_reason",
    "release_title",
}
"""Keys of the catalogue that archive/ asks for."""

COMPOSED = (
    "answer_",
    "api.",
    "api_answer.",
    "api_error.",
    "api_field.",
    "api_header.",
    "api_parameter.",
    "blame_",
    "caption_",
    "carry_",
    "chart_",
    "csv_",
    "error_",
    "facet_",
    "feed_",
    "figure_",
    "file_",
    "health_",
    "healthy_",
    "lookup_",
    "note_",
    "list_order_",
    "map_title_",
    "question_",
    "order_",
    "part_",
    "proof_why_",
    "search_date_",
    "search_help_",
    "sql_",
    "table_group_",
    "table_head_",
    "table_of_",
    "table_rows_",
    "total_",
    "year_",
)
"""Beginnings of keys that templates put together from a code."""

DISCLOSURES = (*FORM_2021.disclosures, *FORM_2019.disclosures)
OF_DATA = {
    *(f"rule.{id}{end}" for id in RULES for end in ("", ".about")),
    *(f"measure.{key}{end}" for key in MEASURES for end in ("", ".about")),
    *(f"api_example.{each.key}" for each in EXAMPLES),
    *(f"sql_example.{each.key}" for each in EXAMPLE_QUERIES),
    *(f"cell_head.{name}" for name in CELL_COLUMNS),
    *(f"comparison_head.{name}" for name in COLUMNS),
    *(f"comparison_code.{name}" for name in CODE_COLUMNS),
    *(f"printed.group.{group}" for group in GROUPS.values()),
    *(f"printed.article.{ARTICLE_ITEMS[row.article]}" for row in DISCLOSURES),
}
"""Keys that are made from an id or a name; those of codes begin with `code.`."""

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


@cache
def catalogue(lang: Language) -> Catalog:
    """Return the publish catalogue of a language."""
    locale = LOCALES[lang]
    return read_catalogue(catalogue_path(ROOT, locale, "publish"), locale)


def entries(lang: Language) -> dict[str, Message]:
    """Return the texts of a language by their keys."""
    return {
        entry.id[0] if isinstance(entry.id, tuple) else entry.id: entry
        for entry in catalogue(lang)
        if entry.id
    }


def forms(entry: Message) -> tuple[str, ...]:
    """Return all forms of a text: one, or one for each plural of the language."""
    return entry.string if isinstance(entry.string, tuple) else (entry.string,)


def test_every_key_that_is_asked_for_has_its_text() -> None:
    asked = re.compile(
        r"""(?:\bt|\b_|\b_both|\))\(\s*["']([a-z_0-9]+)["'](?:\s*[,)]| if .*? else ["']([a-z_0-9]+)["'])"""
    )
    for path, text in TEXTS.items():
        keys = {key for found in asked.findall(text) for key in found if key}
        assert keys <= entries("zh").keys(), path.name


def test_every_text_is_asked_for() -> None:
    """Keys of codes are read from `CODES`, all others stand in the code or begin as there.

    A proof hands keys on: why nothing is shown, and what each command shows.
    """
    everything = "\n".join(TEXTS.values())
    asked = re.compile(
        r"""(?:\bt\(|\b_\(|\b_both\(|\)\(|\bmessage\(|\bCannotServe\(|\bNotShown\(|\btext\([a-z_.()]+, """
        r"""|\bwhy ?= ?|\((?=\s*"proof_\w+",))"""
        r"""(?=\s*(f?["'][^()]*))"""
    )
    quoted = "\n".join(asked.findall(everything))
    composed = {begin for begin in COMPOSED if re.search(rf"""["']{begin}(?:["']|\{{)""", quoted)}
    assert composed == set(COMPOSED)
    left = {
        key
        for key in entries("zh").keys() - OF_DATA - USED_ELSEWHERE
        if not key.startswith(("code.", *COMPOSED))
        and not re.search(rf"""["']{re.escape(key)}["']""", quoted)
    }
    assert left == set()
    assert entries("zh").keys() >= OF_DATA
    codes = {key for key in entries("zh") if key.startswith("code.")}
    assert {key for key in codes if key.split(".")[2] not in CODES[key.split(".")[1]]} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty_or_fuzzy(lang: Language) -> None:
    for key, entry in entries(lang).items():
        assert all(forms(entry)), key
        assert not entry.fuzzy, key
        assert len(forms(entry)) == (catalogue(lang).num_plurals if entry.pluralizable else 1)
        # texts stand in attributes and between tags, and are escaped there
        assert not re.search("[<>&]", "".join(forms(entry))), key


def test_both_languages_have_the_same_keys_and_parameters() -> None:
    zh, en = entries("zh"), entries("en")
    assert zh.keys() == en.keys()
    named = re.compile(r"%\((\w+)\)s")
    for key, entry in zh.items():
        assert entry.pluralizable == en[key].pluralizable, key
        parameters = {name for form in forms(entry) for name in named.findall(form)}
        # the last form: a singular may say "once"
        assert parameters == set(named.findall(forms(en[key])[-1])), key
        assert parameters >= {name for form in forms(en[key]) for name in named.findall(form)}


def test_catalogues_are_sorted() -> None:
    """So that two people who add texts do not meet at the end of the file."""
    for lang in LANGUAGES:
        assert list(entries(lang)) == sorted(entries(lang))


def test_each_language_uses_its_own_punctuation() -> None:
    for key, entry in entries("en").items():
        assert not re.search("[，。：；！？（）、]", "".join(forms(entry))), key
    for key, entry in entries("zh").items():
        assert not re.search("[一-鿿][,:;!?]|[,:;!?][一-鿿]", "".join(forms(entry))), key


@pytest.mark.parametrize(
    ("key", "n", "expected"),
    [
        ("search_found", 1, "1 report found"),
        ("search_found", 12345, "12,345 reports found"),
        ("days_ago", 1, "1 day ago"),
        ("count_agencies", 0, "agencies"),
    ],
)
def test_english_has_singular_and_plural(key: str, n: int, expected: str) -> None:
    assert translator("en")(key, n=n) == expected


def test_every_filter_of_datasette_has_its_words() -> None:
    """The stock ones are in English in its code."""
    assert {key for key, _, _ in Filters([]).lookups()} == {
        key.removeprefix("lookup_") for key in entries("zh") if key.startswith("lookup_")
    }
