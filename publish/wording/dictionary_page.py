"""The data dictionary as a document, docs/data-dictionary.md.

`python -m gongkai.publish.wording.dictionary_page` writes it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from gongkai.publish.wording.codes import CODES
from gongkai.publish.wording.dictionary import TableField, TableSchema, tables
from gongkai.publish.wording.measures import MEASURES, MIN_DENOMINATOR, Measure
from gongkai.publish.wording.metadata import explained
from gongkai.publish.wording.rules import RULES, Rule

PATH = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"

HEAD = """# 数据字典 Data dictionary

由 `archive/publication/schemas/` 与 `locale/` 生成，请勿手工修改；更新：`python -m gongkai.publish.wording.dictionary_page`。
Generated from `archive/publication/schemas/` and `locale/`; do not edit by hand.

空白不等于零：没有数字的单元格为 NULL，原文见 `cell_notes`。核对从不改动数字。
Blank is not zero: a cell without a number is NULL, and `cell_notes` has its text. A check never
changes a number.
"""


def dictionary_markdown() -> str:
    """Return the whole dictionary as Markdown: tables, codes, measures, rules."""
    parts = [HEAD, "## 数据表 Tables\n"]
    parts += [_table(schema) for schema in tables().values()]
    parts += ["## 代码 Codes\n", *_codes()]
    parts += ["## 指标 Measures\n", "\n".join(_measures()) + "\n"]
    parts += ["## 核对规则 Rules\n", "\n".join(_rules()) + "\n"]
    return "\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _row(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _table(schema: TableSchema) -> str:
    rows = [
        _row(f"`{field.name}`", _type(field), explained(field, "zh"), explained(field, "en"))
        for field in schema.fields.values()
    ]
    head = [_row("字段 column", "类型 type", "中文", "English"), "|---|---|---|---|"]
    about = [
        f"### `{schema.name}` {schema.title('zh')} {schema.title('en')}",
        "",
        schema.description("zh"),
        schema.description("en"),
        "",
    ]
    return "\n".join([*about, *head, *rows]) + "\n"


def _type(field: TableField) -> str:
    return f"{field.type}, {field.unit}" if field.unit else field.type


def _codes() -> Iterator[str]:
    for column, labels in CODES.items():
        if column in ("item", "field", "rule", "part_2019", "part_2021"):
            continue  # keys of the forms stand with their columns, rules below, parts under `part`
        rows = [_row(f"`{code}`", label("zh"), label("en")) for code, label in labels.items()]
        head = [f"### `{column}`", "", _row("代码 code", "中文", "English"), "|---|---|---|"]
        yield "\n".join([*head, *rows]) + "\n"


def _measures() -> Iterator[str]:
    yield (
        f"比率均附分母 n；n 小于 {MIN_DENOMINATOR} 时默认不显示。"
        f"Every rate is shown with its denominator n and is hidden by default when n is below {MIN_DENOMINATOR}.\n"
    )
    yield _row("指标 measure", "中文", "English")
    yield "|---|---|---|"
    for each in MEASURES.values():
        yield _described(each.key, each)


def _rules() -> Iterator[str]:
    yield _row("规则 rule", "中文", "English")
    yield "|---|---|---|"
    for rule in RULES.values():
        yield _described(rule.id, rule)


def _described(key: str, each: Measure | Rule) -> str:
    zh = f"{each.title('zh')}：{each.about('zh')}"
    return _row(f"`{key}`", zh, f"{each.title('en')}: {each.about('en')}")


def main() -> None:
    """Write the document, and print where it is."""
    PATH.write_text(dictionary_markdown(), encoding="utf-8")
    sys.stdout.write(f"{PATH}\n")


if __name__ == "__main__":
    main()
