"""The table of section four, identical in both layouts: one printed row of 15 numbers."""

from __future__ import annotations

from gongkai.extract.forms.form import Column, Item

PROCEEDINGS = (
    Item("review", "行政复议", "Administrative review", "行政复议", (("行政复议",),)),
    Item(
        "suit_direct",
        "未经复议直接起诉",
        "Litigation filed directly",
        "行政诉讼",
        (("未经复议",), ("直接起诉",)),
    ),
    Item("suit_after_review", "复议后起诉", "Litigation after review", "行政诉讼", (("复议后",),)),
)

RESULTS = (
    Column("upheld", "结果维持", "Agency upheld", ("维持",)),
    Column("corrected", "结果纠正", "Agency corrected", ("纠正",)),
    Column("other", "其他结果", "Other outcome", ("其他",)),
    Column("pending", "尚未审结", "Pending", ("审结", "尚未")),
    Column("total", "总计", "Total", ("总计", "合计")),
)
