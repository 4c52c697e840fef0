"""What was changed, by sentence: frozen cases, and the table they stand in."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from gongkai.archive.pipeline.sentence_diff import MOST, changed_sentences
from tests.archive.folder import Folder, report_page

ARTICLE = "/xxgk/202501/t20250120_1.html"
FIRST = "本节说明文字，共计若干件，详见附表。"
SECOND = "另收到电话咨询三件。"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("收到1件。公开2条。", "收到1件。公开2条。", []),
        ("收到1件。公开2条。", "收到 1件。\n\n公开2条。", []),
        ("收到1件。公开2条。", "收到3件。公开2条。", [("收到1件。", "收到3件。")]),
        ("收到1件。公开2条。", "公开2条。", [("收到1件。", None)]),
        ("公开2条。", "收到1件。公开2条。", [(None, "收到1件。")]),
        ("甲乙丙丁。子丑。", "子丑。甲乙丙丁。", [(None, "子丑。"), ("子丑。", None)]),
        (
            "全年收到申请1件。",
            "本局高度重视。全年收到申请2件。无结转。",
            [
                (None, "本局高度重视。"),
                ("全年收到申请1件。", "全年收到申请2件。"),
                (None, "无结转。"),
            ],
        ),
        ("没有标点也算一句", "没有标点也是一句", [("没有标点也算一句", "没有标点也是一句")]),
        (  # a closing quotation mark belongs to its sentence
            "他说“可以。”随后离开。",
            "他说“可以。”随后来了。",
            [("他说“可以。”随后离开。", "他说“可以。”随后来了。")],
        ),
        (
            "长" * 500 + "。",
            "长" * 499 + "短。",
            [("长" * 500 + "。", None), (None, "长" * 499 + "短。")],
        ),
    ],
)
def test_sentences_that_differ(
    old: str, new: str, expected: list[tuple[str | None, str | None]]
) -> None:
    assert changed_sentences(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "number"),
    [
        ("甲。" * (MOST + 1), "乙。" * 3, 0),
        ("一。" * 50_000, "一。" * 49_999 + "二。", 1),
        ("一。二。" * 20_000, "二。三。" * 20_000, 0),
        ("，" * 500_000, "、" * 500_000, 2),
    ],
)
def test_hostile_texts_cost_little(old: str, new: str, number: int) -> None:
    """A section that was written anew is told by its whole text alone."""
    assert len(changed_sentences(old, new)) == number


def edited(text: str) -> bytes:
    """Return a report whose first section says `text` in place of its first sentence."""
    return report_page().replace(FIRST.encode(), text.encode(), 1)


def test_the_table_tells_sections_and_their_sentences(folder: Folder) -> None:
    """Step by step and in a rebuild alike."""
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, edited(FIRST + SECOND))
    folder.build()
    folder.fetch("2025-03-01T02:00:00Z", ARTICLE, edited(FIRST))
    folder.build()
    folder.fetch("2025-04-01T02:00:00Z", ARTICLE, edited(FIRST.replace("若干", "五")))
    folder.build()

    rows = folder.rows("SELECT seen_at, part, item, field, old, new FROM changes ORDER BY 1, 2")
    five = FIRST.replace("若干", "五")
    assert rows == [
        ("2025-03-01T02:00:00Z", "sections", "1", "text", FIRST + SECOND, FIRST),
        ("2025-03-01T02:00:00Z", "sentences", "1", "0001", SECOND, None),
        ("2025-04-01T02:00:00Z", "sections", "1", "text", FIRST, five),
        ("2025-04-01T02:00:00Z", "sentences", "1", "0001", FIRST, five),
    ]
    before = folder.dump()
    folder.rebuild()
    assert folder.dump() == before


def test_an_archive_of_before_is_brought_up(folder: Folder) -> None:
    """The build that meets it writes the sentences it has not."""
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, edited(FIRST + SECOND))
    folder.fetch("2025-03-01T02:00:00Z", ARTICLE, edited(FIRST))
    folder.build()
    whole = folder.dump()
    with closing(sqlite3.connect(folder.db)) as conn, conn:
        conn.execute("DELETE FROM changes WHERE part = 'sentences'")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'sentences'")

    folder.build()

    assert folder.dump() == whole
    assert folder.build().has_changes is False
