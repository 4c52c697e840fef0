"""The data dictionary as a document: `python -m gongkai.publish.wording.dictionary_page` writes docs/data-dictionary.md."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from gongkai.publish.wording.codes import CODES
from gongkai.publish.wording.dictionary import DICTIONARY
from gongkai.publish.wording.dictionary_types import TableEntry
from gongkai.publish.wording.measures import MEASURES, SMALL, Measure
from gongkai.publish.wording.rules import RULES, Rule

PATH = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"

HEAD = """# 数据字典 Data dictionary

由 `publish/wording/dictionary.py` 生成，请勿手工修改；更新：`python -m gongkai.publish.wording.dictionary_page`。
Generated from `publish/wording/dictionary.py`; do not edit by hand.

空白不等于零：没有数字的单元格为 NULL，原文见 `cell_notes`。核对从不改动数字。
Blank is not zero: a cell without a number is NULL, its text stands in `cell_notes`. A check never
changes a number.
"""


def document() -> str:
    """Return the whole dictionary as Markdown: tables, codes, measures, rules."""
    parts = [HEAD, "## 数据表 Tables\n"]
    parts += [_table(entry) for entry in DICTIONARY.tables.values()]
    parts += ["## 代码 Codes\n", *_codes()]
    parts += ["## 指标 Measures\n", "\n".join(_measures()) + "\n"]
    parts += ["## 核对规则 Rules\n", "\n".join(_rules()) + "\n"]
    return "\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _row(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _table(entry: TableEntry) -> str:
    rows = [
        _row(
            f"`{name}`",
            f"{column.zh}（{column.note_zh}）" if column.note_zh else column.zh,
            f"{column.en} ({column.note_en})" if column.note_en else column.en,
        )
        for name, column in entry.columns.items()
    ]
    head = [_row("字段 column", "中文", "English"), "|---|---|---|"]
    about = [f"### `{entry.name}` {entry.zh} {entry.en}", "", entry.about_zh, entry.about_en, ""]
    return "\n".join([*about, *head, *rows]) + "\n"


def _codes() -> Iterator[str]:
    for column, labels in CODES.items():
        if column in ("item", "field", "rule"):
            continue  # the keys of the forms stand with their columns, the rules below
        rows = [_row(f"`{code}`", label("zh"), label("en")) for code, label in labels.items()]
        head = [f"### `{column}`", "", _row("代码 code", "中文", "English"), "|---|---|---|"]
        yield "\n".join([*head, *rows]) + "\n"


def _measures() -> Iterator[str]:
    yield f"比率均附分母 n；n 小于 {SMALL} 时默认不显示。Rates stand beside their n and are hidden below {SMALL}.\n"
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
    """Write the document, and say where."""
    PATH.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{PATH}\n")


if __name__ == "__main__":
    main()
