"""Findings of the table readers, each rule with its sentence in Chinese and English."""

from __future__ import annotations

from extract.schema import Finding, Verdict


def row_shape(place: str, scope: str, expected: str, found: str) -> Finding:
    """A row, header or table that has not the form's shape: its values are left out."""
    return Finding(
        rule="row_shape",
        scope=scope,
        verdict="extraction",
        left=found,
        right=expected,
        message_zh=f"{place}：应为{expected}，实为{found}，该处数值未采用",
        message_en=f"{place}: expected {expected}, found {found}; its values are left out",
    )


def doubtful_cell(scope: str, label: str, raw: str) -> Finding:
    """A cell that prints something which is no number."""
    return Finding(
        rule="row_shape",
        scope=scope,
        verdict="extraction",
        left=raw,
        right="",
        message_zh=f"{label}：单元格“{raw}”不是数字，未采用",
        message_en=f"{label}: the cell reads “{raw}”, which is not a number; left out",
    )


def missing_rows(part: str, labels: list[str]) -> Finding:
    """Rows of the form that were not found in the document."""
    listed = "、".join(labels)
    return Finding(
        rule="row_shape",
        scope=part,
        verdict="extraction",
        left="",
        right=listed,
        message_zh=f"未能读出以下各行：{listed}",
        message_en=f"rows of the form that could not be read: {listed}",
    )


def missing_table(part: str, name: str) -> Finding:
    """A table of the form of which nothing was found."""
    return Finding(
        rule="row_shape",
        scope=part,
        verdict="extraction",
        left="",
        right=name,
        message_zh=f"未见“{name}”的表格",
        message_en=f"the table of section “{name}” was not found",
    )


def conflict(
    place: str, scope: str, one: str, other: str, verdict: Verdict = "extraction"
) -> Finding:
    """The same row twice in one document with different values: neither is taken."""
    return Finding(
        rule="readings_disagree",
        scope=scope,
        verdict=verdict,
        left=one,
        right=other,
        message_zh=f"{place}：同一行在文中出现两次而数值不同（{one}；{other}），均未采用",
        message_en=f"{place}: the row stands twice with different values ({one}; {other}); neither is taken",
    )
