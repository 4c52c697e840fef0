"""Findings of the table readers, each rule with its sentence in Chinese and English."""

from __future__ import annotations

from gongkai.extract.model.report import Finding, Verdict


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


def unit_unstated(scope: str, label: str, raw: str, taken: bool) -> Finding:
    """An amount of money of which neither its cell nor its header says in which unit it is."""
    zh, en = ("按万元计", "taken as 10,000 yuan") if taken else ("未采用", "left out")
    return Finding(
        rule="active_disclosure_cells",
        scope=scope,
        verdict="unsure",
        left=raw,
        right="",
        message_zh=f"{label}：表头和单元格均未写明单位，“{raw}”{zh}",
        message_en=f"{label}: no unit is stated for “{raw}”: {en}",
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


def missing_table(part: str, name: str, pictures: bool = False) -> Finding:
    """A table of the form of which nothing was found; `pictures` there are may be it."""
    zh, en = ("，可能是图片", "; it may be a picture") if pictures else ("", "")
    return _no_table(
        part,
        name,
        f"未见“{name}”的表格{zh}",
        f"the table of section “{name}” was not found{en}",
    )


def table_is_picture(part: str, name: str) -> Finding:
    """A table of the form that the page shows as a picture."""
    return _no_table(
        part,
        name,
        f"“{name}”的表格是图片，未识别文字",
        f"the table of section “{name}” is a picture, its text was not read",
    )


def _no_table(part: str, name: str, zh: str, en: str) -> Finding:
    return Finding("row_shape", part, "extraction", "", name, zh, en)


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
