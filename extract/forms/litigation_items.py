"""The table of section four, the same in both layouts: one printed row of 15 numbers."""

from __future__ import annotations

from gongkai.extract.forms.form import Column, Item

PROCEEDINGS = (
    Item("review", "行政复议", "form.proceeding.review", "行政复议", (("行政复议",),)),
    Item(
        "suit_direct",
        "未经复议直接起诉",
        "form.proceeding.suit_direct",
        "行政诉讼",
        (("未经复议",), ("直接起诉",)),
    ),
    Item(
        "suit_after_review",
        "复议后起诉",
        "form.proceeding.suit_after_review",
        "行政诉讼",
        (("复议后",),),
    ),
)

RESULTS = (
    Column("upheld", "结果维持", "form.result.upheld", ("维持",)),
    Column("corrected", "结果纠正", "form.result.corrected", ("纠正",)),
    Column("other", "其他结果", "form.result.other", ("其他",)),
    Column("pending", "尚未审结", "form.result.pending", ("审结", "尚未")),
    Column("total", "总计", "form.result.total", ("总计", "合计")),
)
