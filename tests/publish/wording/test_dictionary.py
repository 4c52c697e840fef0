"""The dictionary, the codes and Datasette's metadata, in both languages."""

from __future__ import annotations

import re

from gongkai.archive.codebook.code_lists import RULE_IDS
from gongkai.catalogue import LANGUAGES
from gongkai.extract.forms import FORM_2019, FORM_2021
from gongkai.publish.wording.codes import CODES, code_label, scope_label
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.measures import MEASURES
from gongkai.publish.wording.metadata import datasette_metadata
from gongkai.publish.wording.rules import RULES


def test_the_dictionary_is_in_both_languages() -> None:
    """Titles, descriptions, columns; a description in one is a description in the other."""
    for table in tables().values():
        assert all(table.title(lang) and table.description(lang) for lang in LANGUAGES), table.name
        for name, field in table.fields.items():
            assert all(field.title(lang) for lang in LANGUAGES), (table.name, name)
            assert bool(field.description("zh")) == bool(field.description("en"))
            zh = field.title("zh") + field.description("zh")
            assert re.search("[\u4e00-\u9fff]", zh) or zh.isascii()


def test_columns_of_the_form_are_named_as_in_the_form() -> None:
    known = tables()
    for form in (FORM_2021, FORM_2019):
        for row in form.disclosures:
            for column in row.columns:
                field = known[form.part].fields[column.key]
                assert field.title("zh") == f"{row.zh}：{column.zh}"
                assert field.title("en") == column.en
    for table, columns in (
        ("requests", FORM_2021.applicants),
        ("review_litigation", FORM_2021.results),
    ):
        for column in columns:
            field = known[table].fields[column.key]
            assert (field.title("zh"), field.title("en")) == (column.zh, column.en)


def test_every_value_that_a_schema_lists_has_its_word() -> None:
    """`sections.number` apart: 0 is the text before the first heading."""
    for table in tables().values():
        for field in table.fields.values():
            if field.name in CODES and table.name != "sections":
                for value in field.constraints.get("enum", ()):
                    assert code_label(field.name, value, "zh") != str(value), (
                        table.name,
                        field.name,
                    )
            elif "enum" in field.constraints:
                assert table.name == "sections", (table.name, field.name)


def test_metadata_puts_english_beside_chinese() -> None:
    """And hides what the dictionary does not know."""
    columns = tables()["reports"].fields
    about = datasette_metadata({"reports": columns, "readings": (), "search_index_data": ()})
    shown = about["databases"]["archive"]["tables"]
    assert shown["reports"]["title"] == "年度报告 · Reports"
    assert shown["reports"]["label_column"] == "title"
    assert shown["reports"]["facets"] == ["year", {"region": "agency_id"}, "form", "status"]
    assert shown["checks"]["columns"]["scope"] == (
        "范围（所涉的行、列或类别） · Scope (row, column or proceeding)"
    )
    assert shown["readings"] == shown["search_index_data"] == {"hidden": True, "allow": False}
    english = datasette_metadata({}, "en")["databases"]["archive"]["tables"]["reports"]
    assert english["title"] == "Reports · 年度报告"


def test_a_file_without_a_column_is_not_counted_by_it() -> None:
    """An earlier version may have published it."""
    columns = set(tables()["reports"].fields) - {"form", "agency_id"}
    about = datasette_metadata({"reports": columns, "reasons_by_agency": ("year", "family")})
    shown = about["databases"]["archive"]["tables"]
    assert shown["reports"]["facets"] == ["year", "status"]
    assert shown["reasons_by_agency"]["facets"] == ["year", "family"]
    assert "facets" not in shown["checks"]


def test_every_code_of_the_forms_has_its_words() -> None:
    """Rows, columns, proceedings and rules."""
    for form in (FORM_2021, FORM_2019):
        for key in (*form.disclosure_keys, *(item.key for item in form.items)):
            assert scope_label(key, "zh") != key
            assert scope_label(key, "en") != key
    assert tuple(RULES) == RULE_IDS
    assert code_label("rule", "requests_balance", "en") == "Requests balance"
    assert code_label("status", "nonsense", "zh") == "nonsense"
    for lang in LANGUAGES:
        assert all(label(lang) for labels in CODES.values() for label in labels.values())
        assert all(rule.about(lang) and rule.title(lang) for rule in RULES.values())
        assert all(each.about(lang) and each.title(lang) for each in MEASURES.values())
